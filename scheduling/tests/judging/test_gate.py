"""The gate, as a table: which outcomes promote, keep or block, and what the reason says."""

import pytest

from scheduling.evidence.outcomes import Level, Outcome
from scheduling.evidence.provenance import Policy
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
    if blocks:
        told = "latency: " if level is Level.FAIL else f"latency ({level.label}): "
        assert f"{told}p95 140.0 ms is over 100 ms." in decision.reason


def test_every_obstacle_is_named():
    decision = decided(
        required=(*REQUIRED, "parity"),
        latency=latency(Level.FAIL),
        contract=Outcome.error("KeyError: 'species'"),
        evaluation_metrics=compared(Verdict.BETTER),
    )
    assert decision.kind == "blocked"
    for said in ("3 checks", "parity", "latency: p95 140.0 ms", "contract (error): KeyError: 'species'"):
        assert said in decision.reason


@pytest.mark.parametrize(
    ("blocks", "reports", "said"),
    [
        (1, 0, "Blocked: 1 check failed."),
        (1, 1, "Blocked: 1 check that blocks failed, and 1 that only reports."),
        (2, 2, "Blocked: 2 checks that block failed, and 2 that only report."),
    ],
)
def test_it_counts_what_failed_without_blocking_too(blocks, reports, said):
    many = {f"check{i}": latency(Level.FAIL, blocking=i < blocks) for i in range(blocks + reports)}
    quiet = latency(blocking=False)
    decision = decided(latency=quiet, evaluation_metrics=compared(Verdict.BETTER), **many)
    assert decision.reason.startswith(said)


def test_a_comparison_that_found_it_worse_is_counted_beside_another_failure():
    worse = compared(Verdict.WORSE, Level.FAIL)
    reason = decided(latency=latency(Level.FAIL), evaluation_metrics=worse).reason
    assert reason.startswith("Blocked: 2 checks failed.")
    assert "evaluation_metrics: f1_macro 0.900" in reason


def test_an_obstacle_of_several_checks_is_told_once():
    broken = Outcome.error("NoAnswer: version 1.1")
    decision = decided(latency=broken, memory=broken, evaluation_metrics=compared(Verdict.BETTER))
    assert "latency, memory (error): NoAnswer: version 1.1." in decision.reason


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_check_that_did_not_run_blocks(missing):
    outcomes = {"latency": latency(), "evaluation_metrics": compared(Verdict.BETTER)}
    del outcomes[missing]
    decision = decided(**outcomes)
    assert decision.kind == "blocked"
    assert missing in decision.reason


def test_it_blocks_where_nothing_compared_the_two():
    decision = decided(required=("latency",), latency=latency())
    assert decision.kind == "blocked"


def test_it_blocks_where_the_comparison_raised_even_if_that_does_not_block():
    broken = Outcome(level=Level.ERROR, message="AssertionError", blocking=False)
    assert decided(latency=latency(), evaluation_metrics=broken).kind == "blocked"


@pytest.mark.parametrize(
    ("verdict", "promote_when", "kind", "begins"),
    [
        (Verdict.BETTER, "better", "promoted", "Promoted: better."),
        (Verdict.BETTER, "not_worse", "promoted", "Promoted: better."),
        (Verdict.NOT_WORSE, "better", "kept", "Kept: not worse"),
        (Verdict.NOT_WORSE, "not_worse", "promoted", "Promoted: not worse."),
        (Verdict.CANNOT_TELL, "better", "cannot_tell", f"Kept: {Verdict.CANNOT_TELL}."),
        (Verdict.CANNOT_TELL, "not_worse", "cannot_tell", f"Kept: {Verdict.CANNOT_TELL}."),
        (Verdict.WORSE, "better", "kept", "Kept: worse."),
        (Verdict.WORSE, "not_worse", "kept", "Kept: worse."),
        (Verdict.NO_CHAMPION, "better", "promoted", "Promoted: "),
        (Verdict.NO_CHAMPION, "not_worse", "promoted", "Promoted: "),
        (Verdict.IS_LIVE, "better", "kept", "Kept: "),
        (Verdict.IS_LIVE, "not_worse", "kept", "Kept: "),
    ],
)
def test_each_verdict_has_its_decision_and_the_numbers_in_its_reason(verdict, promote_when, kind, begins):
    outcome = compared(verdict, statistics="First use of this evaluation set.")
    decision = decided(promote_when=promote_when, latency=latency(), evaluation_metrics=outcome)
    assert decision.kind == kind
    assert decision.reason.startswith(begins)
    assert "f1_macro 0.900 against 0.800 on 45 rows." in decision.reason


def test_what_was_not_compared_is_not_called_close():
    decision = decided(latency=latency(), evaluation_metrics=compared(Verdict.CANNOT_TELL))
    assert decision.kind == "cannot_tell"
    assert Verdict.CANNOT_TELL not in decision.reason


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
    assert (waits.kind, by_itself.kind) == ("awaiting_approval", "promoted")
    assert waits.reason.partition(": ")[2] == by_itself.reason.partition(": ")[2]


def test_a_dry_run_says_what_would_have_happened():
    decision = decided(approval="never", latency=latency(), evaluation_metrics=compared(Verdict.BETTER))
    assert decision.kind == "would_promote"
    assert f": {Verdict.BETTER}. f1_macro" in decision.reason


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
    assert decision.kind == kind


@pytest.mark.parametrize("approval", ["automatic", "by_person", "never"])
def test_what_only_reports_is_in_the_reason_of_a_promotion_with_its_first_sentence(approval):
    drift = Outcome(level=Level.FAIL, message="Humidity changed. Compared: 2 sets.", blocking=False)
    quiet = Outcome(level=Level.WARN, message="Nothing much.", blocking=False)
    asked = {"latency": latency(), "evaluation_metrics": compared(Verdict.BETTER)}
    told = decided(approval=approval, feature_drift=drift, label_drift=quiet, **asked).reason
    assert "feature_drift: Humidity changed." in told
    assert not any(word in told for word in ("Compared", "label_drift"))


def test_a_candidate_that_is_kept_has_other_reasons():
    drift = Outcome(level=Level.FAIL, message="Humidity changed.", blocking=False)
    asked = {"latency": latency(), "evaluation_metrics": compared(Verdict.WORSE)}
    assert "feature_drift" not in decided(feature_drift=drift, **asked).reason


def test_a_first_version_that_is_blocked_says_what_to_do():
    blocked = [
        decided(latency=latency(Level.FAIL), evaluation_metrics=compared(verdict)).reason
        for verdict in (Verdict.NO_CHAMPION, Verdict.BETTER)
    ]
    assert ["503" in reason for reason in blocked] == [True, False]


def test_better_by_less_than_the_least_gain_is_not_told_as_no_gain():
    measured = {"gain": {"low": 0.02, "high": 0.04}, "asked": {"least_gain": 0.03}}
    outcome = compared(Verdict.NOT_WORSE, measured=measured)
    reason = decided(latency=latency(), evaluation_metrics=outcome).reason
    assert reason.startswith("Kept: better, but")
    assert "0.03" in reason


@pytest.mark.parametrize(
    ("verdict", "blocking", "kind"),
    [
        (Verdict.BETTER, True, "cannot_tell"),
        (Verdict.BETTER, False, "promoted"),
        (Verdict.WORSE, True, "kept"),
        (Verdict.NO_CHAMPION, True, "cannot_tell"),
    ],
)
def test_an_evaluation_set_unlike_the_requests_promotes_nothing(verdict, blocking, kind):
    unlike = Outcome(
        level=Level.FAIL, message="3 % against 20 %.", verdict=Verdict.NOT_REPRESENTATIVE, blocking=blocking
    )
    decision = decided(latency=latency(), evaluation_metrics=compared(verdict), representative=unlike)
    assert decision.kind == kind
    assert ("3 % against 20 %" in decision.reason) is (kind in ("cannot_tell", "promoted"))
    assert decision.reason.startswith(f"Kept: {Verdict.NOT_REPRESENTATIVE}. 3 %") is (kind == "cannot_tell")


def test_that_doubt_alone_is_no_comparison():
    unlike = Outcome(level=Level.FAIL, message="3 %.", verdict=Verdict.NOT_REPRESENTATIVE)
    assert decided(required=("latency",), latency=latency(), representative=unlike).kind == "blocked"


@pytest.mark.parametrize(
    ("verdict", "tolerated", "kind"),
    [
        (Verdict.BETTER, False, "promoted"),
        (Verdict.NOT_WORSE, False, "promoted"),
        (Verdict.CANNOT_TELL, True, "promoted"),
        (Verdict.CANNOT_TELL, False, "cannot_tell"),
        (Verdict.WORSE, True, "kept"),
    ],
)
def test_unless_it_is_worse_what_is_measured_decides_where_nothing_is_proved(verdict, tolerated, kind):
    outcome = compared(verdict, measured={"tolerated": tolerated}, statistics="First use.")
    asked = {"latency": latency(), "evaluation_metrics": outcome}
    assert decided(promote_when="unless_worse", **asked).kind == kind
    others = {
        promote_when: decided(promote_when=promote_when, **asked).kind
        for promote_when in ("better", "not_worse")
    }
    if verdict is Verdict.CANNOT_TELL:
        assert set(others.values()) == {"cannot_tell"}
