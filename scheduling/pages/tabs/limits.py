"""The tab of limits: each check with the limits in force, in words."""

from predictions.models import RegisteredModel
from predictions.paths import admin_path
from scheduling.checks import CHECKS
from scheduling.checks.base import Check
from scheduling.checks.limit_words import with_unit, words_of
from scheduling.models import CheckLimit, Slice
from scheduling.models.checks import blocking_by_default
from scheduling.pages.tabs.setting_shape import Block, Setting, page_of


def limits_tab(model: RegisteredModel, may: bool) -> Setting:
    """Return each limit in force, the default ones too."""
    changed = {row.check_id: row for row in CheckLimit.objects.filter(registered_model=model)}
    blocking = blocking_by_default(model)
    blocks = [
        Block(
            heading=check.title,
            values=_limits_of(check, changed.get(check.id), blocks=check.id in blocking),
            href=_limit_page(check, changed.get(check.id), model) if may else "",
        )
        for check in CHECKS
    ]
    slices = [(one.name, one.condition) for one in Slice.objects.filter(registered_model=model)]
    if slices:
        blocks.append(Block(heading="Slices on which no candidate may be worse", values=slices))
    return Setting(
        sentence="A check is one question that is asked of each candidate, with limits that you can move. "
        f"{len(changed)} of {len(CHECKS)} checks have limits that somebody set for this model.",
        blocks=blocks, href=admin_path("model-checks", model.pk),
        action="Who changed what, and when", may=True,
    )  # fmt: skip


def _limits_of(check: Check, row: CheckLimit | None, *, blocks: bool) -> list[tuple[str, str]]:
    """Return a check's limits in words with their values, and whether these are the defaults."""
    own, stops = (row.limits, row.blocking) if row else ({}, None)
    asked = [] if row is None or row.enabled else [("Asked", "no, it is switched off")]
    says = {True: "stops the promotion", False: "is only reported"}[blocks if stops is None else stops]
    found = [("A failure", f"{says} ({_whose(stops is not None)})")]
    for name, default in check.limits.items():
        words, unit = words_of(check.id, name)
        found.append((words, f"{with_unit(own.get(name, default), unit)} ({_whose(name in own)})"))
    return asked + found


def _whose(own: bool) -> str:
    return "set for this model" if own else "default"


def _limit_page(check: Check, row: CheckLimit | None, model: RegisteredModel) -> str:
    if row is not None:
        return page_of(CheckLimit, row.pk, model)
    return f"{page_of(CheckLimit, None, model)}&check_id={check.id}"
