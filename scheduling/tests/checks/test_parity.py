"""Do clients get what scikit-learn would have answered?"""

from dataclasses import replace

import pytest

from conftest import iris_spec
from predictions.contract.answers import Answers
from scheduling.checks.parity import Parity
from scheduling.evidence.outcomes import Level
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.tests.evidence_factory import (
    ask,
    make_evidence,
    make_rehearsal,
    make_reply,
    make_reply_to_many,
    with_outputs,
)

LIMITS = {"max_label_differences": 0, "max_probability_difference": 1e-5}


def other(label):
    return (label + 1) % 3


def with_wrong_rows(evidence, count):
    """The replies to the first rows name another label than scikit-learn."""
    outputs = list(evidence.expected.outputs)
    outputs[:count] = [other(label) for label in outputs[:count]]
    return make_rehearsal(outputs, together=evidence.expected)


def test_it_passes_where_all_rows_are_answered_alike(forests):
    outcome = ask(Parity(), make_evidence(forests))
    assert outcome.level is Level.PASS
    assert outcome.measured["label_differences"] == 0
    assert 0 <= outcome.measured["probability_difference"] <= 1e-5
    assert outcome.limit == LIMITS


def test_it_fails_a_label_that_differs_over_http_and_names_the_row(forests):
    evidence = make_evidence(forests)
    outcome = ask(Parity(), make_evidence(forests, rehearsed=with_wrong_rows(evidence, 1)))
    assert outcome.level is Level.FAIL
    assert "1 of 45 rows" in outcome.message
    assert outcome.details["different_rows"] == [0]
    assert outcome.measured["label_differences"] == 1
    assert outcome.limit == LIMITS


def test_it_lets_as_many_rows_differ_as_the_limit_says(forests):
    evidence = make_evidence(forests)
    check = Parity().with_limits({"max_label_differences": 2})
    for count, level in ((2, Level.PASS), (3, Level.FAIL)):
        outcome = ask(check, make_evidence(forests, rehearsed=with_wrong_rows(evidence, count)))
        assert (outcome.level, outcome.measured["label_differences"]) == (level, count)


def test_a_label_that_scikit_learn_finds_as_probable_is_a_tie(forests):
    evidence = make_evidence(forests)
    probabilities = evidence.expected.probabilities.copy()
    probabilities[0] = [0.4, 0.4, 0.2]
    expected = Answers([0, *evidence.expected.outputs[1:]], probabilities)
    replies = make_rehearsal([1, *evidence.expected.outputs[1:]], together=expected)
    answers = Answers(expected.outputs, probabilities)
    evidence = make_evidence(forests, expected=expected, rehearsed=replies, served_answers=answers)
    outcome = ask(Parity(), evidence)
    assert (outcome.level, outcome.measured["ties"]) == (Level.PASS, 1)


def test_it_fails_probabilities_that_differ(forests):
    evidence = make_evidence(forests)
    shifted = evidence.candidate_answers.probabilities + 2e-5
    answers = Answers(evidence.candidate_answers.outputs, shifted)
    outcome = ask(Parity(), make_evidence(forests, served_answers=answers))
    assert outcome.level is Level.FAIL
    assert all(said in outcome.message for said in ("2e-05", "1e-05"))
    assert outcome.measured["probability_difference"] <= 1e-5
    assert outcome.measured["probability_difference_in_process"] == pytest.approx(2e-5, rel=0.1)


def test_it_fails_probabilities_that_differ_over_http(forests):
    evidence = make_evidence(forests)
    said = Answers(evidence.expected.outputs, evidence.expected.probabilities + 2e-5)
    played = make_rehearsal(evidence.expected.outputs, together=said)
    outcome = ask(Parity(), replace(evidence, rehearsed=played))
    assert outcome.level is Level.FAIL
    assert "2e-05 over HTTP" in outcome.message
    assert outcome.measured["probability_difference_in_process"] <= 1e-5
    assert outcome.measured["probability_difference"] == pytest.approx(2e-5, rel=0.1)


def test_it_fails_labels_that_differ_only_where_rows_are_asked_together(forests):
    evidence = make_evidence(forests)
    outputs = [other(evidence.expected.outputs[0]), *evidence.expected.outputs[1:]]
    played = make_rehearsal(evidence.expected.outputs, together=with_outputs(evidence.expected, outputs))
    outcome = ask(Parity(), replace(evidence, rehearsed=played))
    assert outcome.level is Level.FAIL
    assert (outcome.measured["label_differences"], outcome.measured["label_differences_together"]) == (0, 1)


def test_rows_that_are_not_answered_together_are_an_error(forests):
    evidence = make_evidence(forests)
    good = make_reply_to_many(evidence.expected)
    for replies, why in (
        ([make_reply_to_many(evidence.expected, status=500, problem="boom")], "status 500 (boom)"),
        ([good, good], "90 of 45 rows"),
        ([], "0 of 45 rows"),
    ):
        played = replace(evidence.rehearsal, together=replies)
        outcome = ask(Parity(), replace(evidence, rehearsed=played))
        assert outcome.level is Level.ERROR
        assert why in outcome.message


def test_a_probability_that_is_not_a_number_is_no_pass(forests):
    evidence = make_evidence(forests)
    answers = Answers(
        evidence.candidate_answers.outputs, evidence.candidate_answers.probabilities * float("nan")
    )
    outcome = ask(Parity(), make_evidence(forests, served_answers=answers))
    assert outcome.level is Level.FAIL
    assert outcome.measured["probability_difference_in_process"] is None


def test_a_row_that_was_not_answered_differs(forests):
    evidence = make_evidence(forests)
    replies = list(evidence.rehearsal.replies)
    replies[4] = make_reply(0, status=503, body={"species": None, "model": None})
    played = replace(evidence.rehearsal, replies=replies)
    outcome = ask(Parity(), replace(evidence, rehearsed=played))
    assert outcome.level is Level.FAIL
    assert outcome.details["different_rows"] == [4]


def test_fewer_replies_than_rows_are_no_pass(forests):
    replies = make_evidence(forests).rehearsal.replies[:-1]
    outcome = ask(Parity(), make_evidence(forests, rehearsed=make_rehearsal([], replies=replies)))
    assert outcome.level is Level.ERROR
    assert outcome.limit == LIMITS


def tied(evidence, row, margin):
    """scikit-learn's own answers, with this margin between the two first labels of a row."""
    probabilities = evidence.expected.probabilities.copy()
    probabilities[row] = [0.5 - margin, 0.5, 0.0]
    outputs = list(evidence.expected.outputs)
    outputs[row] = 1
    return Answers(outputs, probabilities)


@pytest.mark.parametrize(("margin", "level"), [(0.0, Level.PASS), (9e-6, Level.PASS), (2e-5, Level.FAIL)])
def test_another_label_at_a_tie_is_told_of_and_not_failed(forests, margin, level):
    evidence = make_evidence(forests)
    expected = tied(evidence, 4, margin)
    said = list(expected.outputs)
    said[4] = 0
    served = Answers(said, expected.probabilities)
    outcome = ask(
        Parity(),
        make_evidence(
            forests,
            expected=expected,
            served_answers=served,
            rehearsed=make_rehearsal(said, together=expected),
        ),
    )
    assert outcome.level is level
    ties = level is Level.PASS
    assert (outcome.measured["ties"], outcome.measured["label_differences"]) == (int(ties), int(not ties))
    if ties:
        assert outcome.details == {"different_rows": [], "tied_rows": [4]}


def test_rows_that_were_not_drawn_are_not_missed(forests, monkeypatch):
    monkeypatch.setattr("scheduling.checks.parity.MOST_ROWS", 3)
    evidence = make_evidence(forests)
    some = [3, 8, 40]
    outputs = [evidence.expected.outputs[row] for row in some]
    together = Answers(outputs, evidence.expected.probabilities[some])
    said = make_rehearsal(outputs, rows=some, together=together)
    outcome = ask(Parity(), make_evidence(forests, rehearsed=said))
    assert (outcome.level, outcome.measured["rows"]) == (Level.PASS, 3)


def test_it_counts_the_rows_that_the_champion_answers_otherwise_than_where_it_is_compared(forests):
    evidence = make_evidence(forests)
    outputs = list(evidence.champion_answers.outputs)
    outputs[7] = other(outputs[7])
    champion = make_rehearsal(outputs)
    played = make_rehearsal(evidence.expected.outputs, champion=champion, together=evidence.expected)
    outcome = ask(Parity(), replace(evidence, rehearsed=played))
    assert (outcome.level, outcome.measured["champion_label_differences"]) == (Level.PASS, 1)
    assert ask(Parity(), evidence).measured["champion_label_differences"] is None


def test_it_compares_with_scikit_learn_not_with_the_served_form(forests):
    evidence = make_evidence(forests)
    wrong = with_outputs(evidence.expected, [other(label) for label in evidence.expected.outputs])
    outcome = ask(Parity(), make_evidence(forests, expected=wrong))
    assert (outcome.level, outcome.measured["label_differences"]) == (Level.FAIL, 45)


@pytest.mark.parametrize(("error", "level"), [(1e-6, Level.PASS), (0.1, Level.FAIL)])
def test_a_regressions_values_are_as_near_as_32_bits_can_be(forests, error, level):
    values = [1.5, 200.25, -3.125]
    said = [value + error for value in values]
    evidence = make_evidence(
        forests,
        spec=replace(iris_spec(), task="regression", labels=()),
        expected=Answers(values),
        served_answers=Answers(values),
        rehearsed=make_rehearsal(said, together=Answers(said)),
    )
    assert ask(Parity(), evidence).level is level


def test_a_rehearsal_that_failed_is_an_error(forests):
    outcome = ask(Parity(), make_evidence(forests, rehearsed=RehearsalFailed("no answer within 5 s")))
    assert (outcome.level, outcome.message) == (Level.ERROR, "no answer within 5 s")
