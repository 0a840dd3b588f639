"""The tab of limits: each check with the limits in force, in words."""

from predictions.models import RegisteredModel
from predictions.paths import admin_path
from scheduling.checks import CHECKS
from scheduling.checks.base import Check
from scheduling.checks.limit_words import with_unit, words_of
from scheduling.models import CheckLimit, Slice
from scheduling.models.checks import blocking_by_default
from scheduling.pages.tabs.setting_shape import Block, Group, Setting, page_of

GROUPS = {
    Group(heading="The data", sentence="Can the rows be trained on and judged by?"): (
        "data_quality", "enough_rows", "leakage"),
    Group(heading="The program that answers", sentence="Does it answer, rightly, fast enough and in little "
          "memory? It is tried behind a real server."): (
        "api_health", "contract", "parity", "latency", "memory"),
    Group(heading="What has changed", sentence="Do newer rows and answers differ from those that it was "
          "trained on? This is reported, and stops nothing unless you say so."): (
        "feature_drift", "prediction_drift", "label_drift"),
    Group(heading="How good it is", sentence="Is it good enough, and how does it compare with the live "
          "version? The policy says which gain or loss counts."): (
        "absolute_floors", "slices", "representative", "evaluation_metrics"),
}  # fmt: skip
GROUP_OF = {check_id: group for group, checks in GROUPS.items() for check_id in checks}
STOPS = "A failure"
ASKED = "Asked"


def limits_tab(model: RegisteredModel, may: bool) -> Setting:
    """Return each limit in force, the default ones too."""
    changed = {row.check_id: row for row in CheckLimit.objects.filter(registered_model=model)}
    blocking = blocking_by_default(model)
    blocks = [
        Block(
            heading=check.title,
            values=_limits_of(check, changed.get(check.id), blocks=check.id in blocking),
            href=_limit_page(check, changed.get(check.id), model) if may else "",
            group=GROUP_OF[check.id],
            changed=_changed(check, changed.get(check.id)),
        )
        for check in CHECKS
    ]
    slices = [(one.name, one.condition) for one in Slice.objects.filter(registered_model=model)]
    if slices:
        blocks.append(
            Block(
                heading="Slices on which no candidate may be worse", values=slices, group=GROUP_OF["slices"]
            )
        )
    return Setting(
        sentence="A check is one question that is asked of each candidate, with limits that you can move. "
        f"Changed for this model: {len(changed)} of {len(CHECKS)}; what differs is marked.",
        blocks=blocks, href=admin_path("model-checks", model.pk),
        action="Who changed what, and when", may=True,
    )  # fmt: skip


def _limits_of(check: Check, row: CheckLimit | None, *, blocks: bool) -> list[tuple[str, str]]:
    """Return a check's limits in words with their values, and whether these are the defaults."""
    own, stops = (row.limits, row.blocking) if row else ({}, None)
    asked = [] if row is None or row.enabled else [(ASKED, "no, it is switched off")]
    says = {True: "stops the promotion", False: "is only reported"}[blocks if stops is None else stops]
    found = [(STOPS, f"{says} ({_whose(stops is not None)})")]
    for name, default in check.limits.items():
        words, unit = words_of(check.id, name)
        found.append((words, f"{with_unit(own.get(name, default), unit)} ({_whose(name in own)})"))
    return asked + found


def _changed(check: Check, row: CheckLimit | None) -> frozenset[str]:
    """The names of what differs from the default."""
    if row is None:
        return frozenset()
    said = {STOPS: row.blocking is not None, ASKED: not row.enabled}
    limits = {words_of(check.id, name)[0] for name in row.limits}
    return frozenset(limits | {name for name, differs in said.items() if differs})


def _whose(own: bool) -> str:
    return "set for this model" if own else "default"


def _limit_page(check: Check, row: CheckLimit | None, model: RegisteredModel) -> str:
    if row is not None:
        return page_of(CheckLimit, row.pk, model)
    return f"{page_of(CheckLimit, None, model)}&check_id={check.id}"
