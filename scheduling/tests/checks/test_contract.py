"""Does the candidate keep the contract of `POST /predict`? Broken replies, each told of."""

import pytest

from scheduling.checks.contract import Contract
from scheduling.evidence.outcomes import Level
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.tests.evidence_factory import ask, make_evidence, make_refusal, make_rehearsal, make_reply

GOOD = [0, 1, 2] * 5
LIMITS = {"broken": 0, "taken": 0, "fell_over": 0, "unsteady": 0}


def run(forests, **changes):
    return ask(Contract(), make_evidence(forests, rehearsed=make_rehearsal(GOOD, **changes)))


def run_with(forests, **reply):
    """One broken reply among good ones."""
    return run(forests, replies=[make_reply(1), make_reply(1, **reply), make_reply(2)])


def test_it_passes_replies_in_the_contracts_form(forests):
    outcome = run(forests)
    assert outcome.level is Level.PASS
    assert outcome.measured == {
        "rows": 15, "broken": 0, "bad_requests": 13, "taken": 0,
        "unusual_requests": 0, "fell_over": 0, "unsteady": 0,
    }  # fmt: skip
    assert outcome.limit == LIMITS


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ({"status": 500, "body": {"code": "error"}}, "status 500"),
        ({"status": 503, "body": {"species": None}}, "status 503"),
        ({"body": {"species": 0}}, "body"),
        ({"body": {"model": "rf-24-run1"}}, "body"),
        ({"body": {"species": 0, "model": "rf-24-run1", "debug": 1}}, "body"),
        ({"body": {"species": 0, "model": "rf-12-base"}}, "body"),
        ({"body": {"species": 3, "model": "rf-24-run1"}}, "not a label"),
        ({"body": {"species": None, "model": "rf-24-run1"}}, "not a label"),
        ({"body": {"species": "0", "model": "rf-24-run1"}}, "not a label"),
        ({"body": {"species": [0], "model": "rf-24-run1"}}, "not a label"),
        ({"version": "1.0"}, "version 1.0 "),
        ({"version": None}, "version None "),
    ],
)
def test_it_fails_a_broken_reply_and_says_which_row(forests, reply, said):
    outcome = run_with(forests, **reply)
    assert outcome.level is Level.FAIL
    assert "1 of 3 rows" in outcome.message
    assert said in outcome.message
    [broken] = outcome.details["broken"]
    assert (broken["row"], broken["said"]) == (1, str(make_reply(1, **reply).body))
    assert outcome.measured["broken"] == 1
    assert outcome.limit == LIMITS


@pytest.mark.parametrize(
    "reply", [{"status": 200}, {"status": 500}, {"body": {}}, {"body": {"errorDetails": []}}]
)
def test_it_fails_a_bad_request_that_was_taken(forests, reply):
    refusals = {"petalwidth missing": make_refusal(**reply), "no field at all": make_refusal()}
    outcome = run(forests, refusals=refusals)
    assert outcome.level is Level.FAIL
    assert "petalwidth missing" in outcome.message
    assert outcome.measured["taken"] == 1


def test_it_says_what_the_champion_took(forests):
    refusals = {"petalwidth missing": make_refusal(status=200)}
    champion = make_rehearsal(GOOD, refusals=refusals, unusual={"word unheard of": make_reply(0, status=500)})
    outcome = run(forests, champion=champion)
    assert outcome.level is Level.PASS
    assert outcome.details["taken_by_champion"] == ["petalwidth missing"]
    assert outcome.details["champion_fell_over"] == ["word unheard of"]


@pytest.mark.parametrize(
    ("status", "level"), [(200, "pass"), (400, "pass"), (422, "fail"), (500, "fail"), (503, "fail")]
)
def test_an_unusual_request_is_answered_or_refused(forests, status, level):
    unusual = {"word unheard of": make_reply(0, status=status, problem="InvalidArgument")}
    outcome = run(forests, unusual=unusual)
    assert outcome.level == level
    if level == "fail":
        assert "word unheard of" in outcome.message
        assert f"status {status}: InvalidArgument" in outcome.message
        assert outcome.measured["fell_over"] == 1


def test_it_fails_one_that_does_not_answer_alike_each_time(forests):
    outcome = run(forests, unsteady=3)
    assert (outcome.level, outcome.measured["unsteady"]) == (Level.FAIL, 3)


def test_a_5xx_is_told_of_with_what_raised_it(forests):
    outcome = run_with(forests, status=500, problem="KeyError", words="KeyError(777)")
    assert "500" in outcome.message
    assert "KeyError" in outcome.message
    assert "777" not in outcome.message
    assert outcome.details["broken"][0]["said"] == "KeyError(777)"


def test_it_shows_three_of_many(forests):
    outcome = run(forests, replies=[make_reply(0, status=500) for _ in range(20)])
    assert outcome.measured["broken"] == 20
    assert "20 of 20 rows" in outcome.message
    assert [one["row"] for one in outcome.details["broken"]] == [0, 1, 2]


def test_where_features_are_redacted_nobody_is_told_what_was_said(forests):
    rehearsed = make_rehearsal(GOOD, replies=[make_reply(0, status=500, words="KeyError(777)")])
    evidence = make_evidence(forests, rehearsed=rehearsed, redacted=frozenset({"petalwidth"}))
    outcome = ask(Contract(), evidence)
    assert (outcome.level, outcome.details["broken"][0]["said"]) == (Level.FAIL, None)
    assert "777" not in str(outcome)


def test_an_answer_that_is_no_object_is_no_pass(forests):
    assert not run_with(forests, body=[1]).level.lets_by
    assert not run(forests, refusals={"no field at all": make_refusal(body=[])}).level.lets_by


def test_a_rehearsal_that_failed_is_an_error(forests):
    evidence = make_evidence(forests, rehearsed=RehearsalFailed("its server ended with -11: "))
    outcome = ask(Contract(), evidence)
    assert outcome.level is Level.ERROR
    assert outcome.message == "its server ended with -11: "
