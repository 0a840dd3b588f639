"""A held model is flipped by a person only, until a person lifts the hold."""

import pytest

from predictions.models.base import NOBODY
from predictions.models.promotion import live_promotion, live_version
from predictions.registry.promotion import Approval, ModelHeld, promote
from predictions.tests.factories import ledger, make_live, make_model, make_person, make_version

pytestmark = pytest.mark.django_db
BY_GATE = Approval.by_gate(by="run 7", reason="every check passed")


@pytest.fixture
def held():
    """A model on hold with one version live and another waiting."""
    model = make_model()
    make_live(make_version(model, "a"))
    model.hold(by="ann", reason="customers complain")
    return model, make_version(model, "b")


def lift(model):
    return model.lift_hold(by="ann", reason="it is better now")


def test_the_gate_does_not_flip_a_held_model(held):
    model, waiting = held
    before = ledger()
    with pytest.raises(ModelHeld, match="paused by ann: customers complain"):
        promote(version=waiting, replacing=live_promotion(model), approval=BY_GATE)
    assert ledger() == before


def test_the_gate_sees_a_hold_set_by_another_process_meanwhile(held):
    model, waiting = held
    lift(model)
    stale = waiting.registered_model
    type(model).objects.get(pk=model.pk).hold(by="bob", reason="stop")
    assert not stale.is_held
    with pytest.raises(ModelHeld, match="bob"):
        promote(version=waiting, replacing=live_promotion(model), approval=BY_GATE)
    assert len(ledger()) == 1


def test_a_person_flips_a_held_model_and_the_hold_stays(held):
    model, waiting = held
    approval = Approval.by_person(make_person(), reason="I looked at it")
    promote(version=waiting, replacing=live_promotion(model), approval=approval)
    model.refresh_from_db()
    assert live_version(model) == waiting
    assert model.is_held
    assert ledger()[-1] == (2, "promote", "b", None)


def test_the_gate_flips_again_once_the_hold_is_lifted(held):
    model, waiting = held
    assert lift(model)
    assert (model.is_held, model.held_by, model.held_reason) == (False, "", "")
    promote(version=waiting, replacing=live_promotion(model), approval=BY_GATE)
    assert live_promotion(model).by == "run 7"


def test_lifting_says_whether_anybody_held(held):
    model, _ = held
    assert [lift(model), lift(model)] == [True, False]


def test_holding_one_model_does_not_hold_another(held):
    other = make_version(make_model("roses"), "r")
    promote(version=other, replacing=None, approval=BY_GATE)
    assert live_version(other.registered_model) == other
    assert ledger()[-1] == (1, "promote", "r", None)


def test_each_hold_and_its_end_are_in_the_history_with_who_when_and_why(held):
    model, _ = held
    lift(model)
    model.hold(by="watch 3", reason="error rate 0.2 over 0.1")
    told = [
        (record.history_by, record.history_change_reason, record.held_by) for record in model.history.all()
    ]
    assert told == [
        ("watch 3", "error rate 0.2 over 0.1", "watch 3"),
        ("ann", "it is better now", ""),
        ("ann", "customers complain", "ann"),
        (NOBODY, None, ""),
    ]


def test_a_hold_repeats_nothing_that_its_caller_once_read(held):
    model, _ = held
    fresh = type(model).objects.get(pk=model.pk)
    fresh.title = "Better wine"
    fresh.save()
    lift(model)
    assert model.history.first().title == "Better wine"
