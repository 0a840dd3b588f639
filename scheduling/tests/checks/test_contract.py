"""Does the candidate keep the contract of `POST /predict`? Broken replies, each told of."""

import pytest

from scheduling.checks.contract import Contract
from scheduling.judging.judge import ask
from scheduling.judging.outcomes import Level
from scheduling.rehearsal import RehearsalFailed
from scheduling.tests.evidence_factory import make_evidence, make_refusal, make_rehearsal, make_reply

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
    assert outcome.message == "15 rows answered, 13 bad requests refused"
    assert outcome.measured == {
        "rows": 15, "broken": 0, "bad_requests": 13, "taken": 0,
        "unusual_requests": 0, "fell_over": 0, "unsteady": 0,
    }  # fmt: skip
    assert outcome.limit == LIMITS


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ({"status": 500, "body": {"code": "error"}}, "row 1: status 500"),
        ({"status": 503, "body": {"species": None}}, "row 1: status 503"),
        ({"body": {"species": 0}}, "row 1: body {'species': 0}"),
        ({"body": {"model": "rf-24-run1"}}, "row 1: body"),
        ({"body": {"species": 0, "model": "rf-24-run1", "debug": 1}}, "row 1: body"),
        ({"body": {"species": 0, "model": "rf-12-base"}}, "row 1: body"),
        ({"body": {"species": 3, "model": "rf-24-run1"}}, "row 1: 3 is not a label"),
        ({"body": {"species": None, "model": "rf-24-run1"}}, "row 1: None is not a label"),
        ({"body": {"species": "0", "model": "rf-24-run1"}}, "row 1: '0' is not a label"),
        ({"body": {"species": [0], "model": "rf-24-run1"}}, "row 1: [0] is not a label"),
        ({"version": "1.0"}, "row 1: computed by version 1.0, not 1.1"),
        ({"version": None}, "row 1: computed by version None, not 1.1"),
    ],
)
def test_it_fails_a_broken_reply_and_says_which_row(forests, reply, said):
    outcome = run_with(forests, **reply)
    assert outcome.level is Level.FAIL
    assert said in outcome.message
    assert outcome.measured["broken"] == 1
    assert outcome.limit == LIMITS


@pytest.mark.parametrize(
    "reply", [{"status": 200}, {"status": 500}, {"body": {}}, {"body": {"errorDetails": []}}]
)
def test_it_fails_a_bad_request_that_was_taken(forests, reply):
    refusals = {"petalwidth missing": make_refusal(**reply), "no field at all": make_refusal()}
    outcome = run(forests, refusals=refusals)
    assert outcome.level is Level.FAIL
    assert "petalwidth missing: a bad request was answered" in outcome.message
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
    unusual = {"word unheard of": make_reply(0, status=status, problem="InvalidArgument('never seen')")}
    outcome = run(forests, unusual=unusual)
    assert outcome.level == level
    if level == "fail":
        assert outcome.message == f"word unheard of: status {status} InvalidArgument('never seen')"
        assert outcome.measured["fell_over"] == 1


def test_it_fails_one_that_does_not_answer_alike_each_time(forests):
    outcome = run(forests, unsteady=3)
    assert (outcome.level, outcome.message) == (Level.FAIL, "3 repeated requests were answered otherwise")


def test_a_5xx_is_told_of_with_what_raised_it(forests):
    assert "row 1: status 500, KeyError(1)" in run_with(forests, status=500, problem="KeyError(1)").message


def test_it_shows_three_of_many(forests):
    outcome = run(forests, replies=[make_reply(0, status=500) for _ in range(20)])
    assert outcome.measured["broken"] == 20
    assert outcome.message.count("status 500") == 3


def test_an_answer_that_is_no_object_is_no_pass(forests):
    assert not run_with(forests, body=[1]).level.lets_by
    assert not run(forests, refusals={"no field at all": make_refusal(body=[])}).level.lets_by


def test_a_rehearsal_that_failed_is_an_error(forests):
    evidence = make_evidence(forests, rehearsed=RehearsalFailed("its server ended with -11: "))
    outcome = ask(Contract(), evidence)
    assert outcome.level is Level.ERROR
    assert outcome.message == "RehearsalFailed: its server ended with -11: "
