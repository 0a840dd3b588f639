"""The tab of the policy: what applies of it, in words and with units."""

from collections.abc import Iterator

from predictions.models import RegisteredModel
from predictions.paths import admin_path
from scheduling.checks.limit_words import WATCH, with_unit
from scheduling.models import GatePolicy
from scheduling.pages.tabs.setting_shape import Block, Setting, page_of
from scheduling.statistics.metrics.words import in_words

FOR_LABEL = ("roc_auc", "average_precision")


def policy_tab(model: RegisteredModel, may: bool) -> Setting:
    """Return what holds of the policy; what has no effect just now is left out."""
    policy = GatePolicy.objects.of(model)
    blocks = [
        Block(heading="When a candidate goes live", values=list(_decides(policy))),
        Block(heading="Watch after promotion", values=list(_watch(policy))),
    ]
    holds = "" if policy.pk else " Nobody has changed it: these are the defaults for this model."
    return Setting(
        sentence="The policy says when a candidate goes live: by which metric it is compared with the live "
        "version, by how much, and whether the program or a person decides. "
        "The form shows what your values would have decided on the last ten runs, before you save them."
        + holds,
        blocks=blocks, href=page_of(GatePolicy, policy.pk, model), action="Change the policy", may=may,
        links=[("Play the whole past under several policies",
                                admin_path("model-simulation", model.pk))],
    )  # fmt: skip


PROMOTES = {
    GatePolicy.PromoteWhen.BETTER: "a candidate that is better than the live version",
    GatePolicy.PromoteWhen.NOT_WORSE: "a candidate that is shown not to be worse by more than the margin",
    GatePolicy.PromoteWhen.UNLESS_WORSE: "every candidate, unless it is worse by more than the margin",
}


def _decides(policy: GatePolicy) -> Iterator[tuple[str, str]]:
    """Yield only what has an effect: no margin where a candidate has to be better."""
    yield "Who promotes", policy.get_approval_display()
    yield "Promote", PROMOTES[policy.promote_when]
    yield "Compared by", in_words(policy.primary_metric)
    if policy.promote_when == GatePolicy.PromoteWhen.BETTER:
        yield "Gain that is asked for, at least", _amount(policy, policy.least_gain)
    else:
        yield "Loss that is accepted, at most (margin)", _amount(policy, policy.margin)
    for name, value in policy.floors.items():
        yield f"Every candidate must reach, in {name}", f"{value:g}"
    if policy.group_column:
        yield "Rows belong together by the column", policy.group_column
    yield from _of_metric(policy)


def _of_metric(policy: GatePolicy) -> Iterator[tuple[str, str]]:
    used = {policy.primary_metric, *policy.floors}
    if "log_loss" in used:
        yield "Least probability that log loss counts", f"{policy.log_loss_floor:g}"
    if "pinball" in used:
        yield "Quantile that the pinball loss measures", f"{policy.pinball_quantile:g}"
    if used.intersection(FOR_LABEL) and policy.positive_label is not None:
        yield "Label that is looked for", str(policy.positive_label)


def _amount(policy: GatePolicy, size: float) -> str:
    if policy.relative:
        return f"{100 * size:.6g} % of the live version's value"
    return f"{size:g} of {policy.primary_metric}" if size else "none"


def _watch(policy: GatePolicy) -> Iterator[tuple[str, str]]:
    if not policy.bake_minutes:
        yield WATCH["bake_minutes"][0], "not at all: nothing is rolled back by itself"
        return
    yield from ((words, with_unit(getattr(policy, name), unit)) for name, (words, unit) in WATCH.items())
    yield "Callers without a token", policy.get_watch_anonymous_display()
