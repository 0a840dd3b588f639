"""Is the candidate good enough at all? Floors and ceilings, a first version's too."""

from dataclasses import replace

import pytest

from scheduling.checks.comparison.absolute_floors import AbsoluteFloors
from scheduling.evidence.outcomes import Level
from scheduling.tests.evidence_factory import POLICY, ask, make_evidence


def run(forests, floors, **changes):
    return ask(AbsoluteFloors(), make_evidence(forests, policy=replace(POLICY, floors=floors), **changes))


def test_it_passes_what_is_on_the_right_side_and_keeps_value_and_floor(forests):
    outcome = run(forests, {"accuracy": 0.9, "log_loss": 0.4})
    assert outcome.level is Level.PASS
    for said in ("accuracy", "0.9", "log_loss", "0.4"):
        assert said in outcome.message
    assert outcome.measured["accuracy"] >= 0.9
    assert (outcome.measured["rows"], outcome.limit) == (45, {"floors": {"accuracy": 0.9, "log_loss": 0.4}})


@pytest.mark.parametrize(
    ("floors", "said"),
    [({"accuracy": 0.9}, ("accuracy", "0.6667", "0.9")), ({"log_loss": 0.1}, ("log_loss", "0.1"))],
)
def test_it_fails_what_is_on_the_wrong_side_and_names_the_value(forests, floors, said):
    outcome = run(forests, floors, candidate="weak", champion="strong")
    assert outcome.level is Level.FAIL
    assert all(part in outcome.message for part in said)


def test_the_value_itself_is_on_the_right_side(forests):
    assert run(forests, {"accuracy": 30 / 45}, candidate="weak").level is Level.PASS


def test_a_first_version_has_floors_too(forests):
    assert run(forests, {"accuracy": 0.9}, candidate="weak", champion=None).level is Level.FAIL
    assert run(forests, {"accuracy": 0.9}, champion=None).level is Level.PASS


def test_what_has_no_value_does_not_pass(forests):
    outcome = run(forests, {"rmse": 0.1})
    assert outcome.level is Level.FAIL
    assert "rmse" in outcome.message
    assert outcome.measured["rmse"] is None


def test_ranks_of_three_labels_have_floors(forests):
    assert run(forests, {"roc_auc": 0.9, "average_precision": 0.9}).level is Level.PASS


def test_a_policy_without_floors_asks_nothing(forests):
    outcome = run(forests, {})
    assert (outcome.level, outcome.limit) == (Level.NOT_APPLICABLE, {"floors": {}})
