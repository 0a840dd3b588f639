"""The gate, as a table: which outcomes promote, keep or block, and what the reason says."""

import pytest

from scheduling.evidence.outcomes import Level, Outcome
from scheduling.evidence.policy import Policy
from scheduling.judging.gate import decide
from scheduling.statistics.comparison.verdict import Verdict

REQUIRED = ("latency", "evaluation_metrics")


def compared(verdict, level=Level.PASS, **columns):
    message = "f1_macro 0.900 against 0.800 on 45 rows."
    return Outcome(level=level, message=message, verdict=verdict, **columns)


def latency(level=Level.PASS, **columns):
    return Outcome(level=level, message="p95 140.0 ms is over 100 ms", **columns)


def decided(*, promote_when="better", required=REQUIRED, approval="automatic", **outcomes):
    return decide(outcomes, required=required, policy=Policy(promote_when=promote_when, approval=approval))


@pytest.mark.parametrize("blocking", [True, False])
@pytest.mark.parametrize("level", Level)
def test_a_blocking_check_blocks_unless_it_lets_by(level, blocking):
    decision = decided(latency=latency(level, blocking=blocking), evaluation_metrics=compared(Verdict.BETTER))
    blocks = blocking and level in (Level.FAIL, Level.ERROR, Level.SKIPPED)
    assert decision.kind == ("blocked" if blocks else "promoted")
    assert decision.promotes is not blocks
    if blocks:
        assert decision.reason == f"Not flipped. latency: {level.label}, p95 140.0 ms is over 100 ms."


def test_every_obstacle_is_named():
    decision = decided(
        required=(*REQUIRED, "parity"),
        latency=latency(Level.FAIL),
        contract=Outcome.error("KeyError: 'species'"),
        evaluation_metrics=compared(Verdict.BETTER),
    )
    assert decision.kind == "blocked"
    for said in ("parity did not run", "latency: fail, p95", "contract: error, KeyError: 'species'"):
        assert said in decision.reason


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_check_that_did_not_run_blocks(missing):
    outcomes = {"latency": latency(), "evaluation_metrics": compared(Verdict.BETTER)}
    del outcomes[missing]
    decision = decided(**outcomes)
    assert (decision.kind, decision.promotes) == ("blocked", False)
    assert f"{missing} did not run" in decision.reason


def test_it_blocks_where_nothing_compared_the_two():
    decision = decided(required=("latency",), latency=latency())
    assert decision.kind == "blocked"
    assert decision.reason == "Not flipped: nothing compared it with the champion."


def test_it_blocks_where_the_comparison_raised_even_if_that_does_not_block():
    broken = Outcome(level=Level.ERROR, message="AssertionError", blocking=False)
    assert decided(latency=latency(), evaluation_metrics=broken).kind == "blocked"


@pytest.mark.parametrize(
    ("verdict", "promote_when", "kind", "begins"),
    [
        (Verdict.BETTER, "better", "promoted", "Better than the champion."),
        (Verdict.BETTER, "not_worse", "promoted", "Better than the champion."),
        (Verdict.NOT_WORSE, "better", "kept", "The champion stays: not worse."),
        (Verdict.NOT_WORSE, "not_worse", "promoted", "Not worse than the champion."),
        (Verdict.CANNOT_TELL, "better", "cannot_tell", "The champion stays: can't tell."),
        (Verdict.CANNOT_TELL, "not_worse", "cannot_tell", "The champion stays: can't tell."),
        (Verdict.WORSE, "better", "kept", "The champion stays: worse."),
        (Verdict.WORSE, "not_worse", "kept", "The champion stays: worse."),
        (Verdict.NO_CHAMPION, "better", "promoted", "The first version: nothing was live."),
        (Verdict.NO_CHAMPION, "not_worse", "promoted", "The first version: nothing was live."),
        (Verdict.IS_LIVE, "better", "kept", "f1_macro 0.900"),
        (Verdict.IS_LIVE, "not_worse", "kept", "f1_macro 0.900"),
    ],
)
def test_each_verdict_has_its_decision_and_the_numbers_in_its_reason(verdict, promote_when, kind, begins):
    decision = decided(promote_when=promote_when, latency=latency(), evaluation_metrics=compared(verdict))
    assert decision.kind == kind
    assert decision.promotes is (kind == "promoted")
    assert decision.reason.startswith(begins)
    assert "f1_macro 0.900 against 0.800 on 45 rows." in decision.reason


def test_worse_is_kept_not_blocked_although_its_check_failed():
    outcome = compared(Verdict.WORSE, level=Level.FAIL)
    assert decided(latency=latency(), evaluation_metrics=outcome).kind == "kept"


def test_an_error_is_never_promoted_whatever_verdict_it_carries():
    outcome = compared(Verdict.BETTER, level=Level.ERROR)
    assert decided(latency=latency(), evaluation_metrics=outcome).kind == "blocked"


@pytest.mark.parametrize("verdict", [Verdict.BETTER, Verdict.NO_CHAMPION])
def test_what_would_flip_waits_for_a_person_where_the_policy_says_so(verdict):
    asked = {"latency": latency(), "evaluation_metrics": compared(verdict)}
    by_itself, waits = decided(**asked), decided(**asked, approval="by_person")
    assert (waits.kind, waits.reason, waits.promotes, waits.waits) == (
        "awaiting_approval", by_itself.reason, False, True,
    )  # fmt: skip


def test_a_dry_run_says_what_would_have_happened():
    decision = decided(approval="never", latency=latency(), evaluation_metrics=compared(Verdict.BETTER))
    assert (decision.kind, decision.promotes, decision.waits) == ("would_promote", False, False)
    assert decision.reason.startswith("A dry run: nothing was flipped. Better than the champion. f1_macro")


@pytest.mark.parametrize("approval", ["by_person", "never"])
@pytest.mark.parametrize(
    ("verdict", "level", "kind"),
    [
        (Verdict.BETTER, Level.FAIL, "blocked"),
        (Verdict.WORSE, Level.PASS, "kept"),
        (Verdict.CANNOT_TELL, Level.PASS, "cannot_tell"),
        (Verdict.IS_LIVE, Level.PASS, "kept"),
    ],
)
def test_nobody_is_asked_about_what_does_not_pass(approval, verdict, level, kind):
    decision = decided(approval=approval, latency=latency(level), evaluation_metrics=compared(verdict))
    assert (decision.kind, decision.waits) == (kind, False)
