"""A held model is flipped by a person only, until a person lifts the hold."""

import pytest

from predictions.promotion import Approval, ModelHeld, promote
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


def test_the_gate_does_not_flip_a_held_model(held):
    model, waiting = held
    before = ledger()
    with pytest.raises(ModelHeld, match="held by ann: customers complain"):
        promote(version=waiting, replacing=model.live_promotion(), approval=BY_GATE)
    assert ledger() == before


def test_the_gate_sees_a_hold_set_by_another_process_meanwhile(held):
    model, waiting = held
    model.lift_hold()
    stale = waiting.registered_model
    type(model).objects.get(pk=model.pk).hold(by="bob", reason="stop")
    assert not stale.is_held
    with pytest.raises(ModelHeld, match="bob"):
        promote(version=waiting, replacing=model.live_promotion(), approval=BY_GATE)
    assert len(ledger()) == 1


def test_a_person_flips_a_held_model_and_the_hold_stays(held):
    model, waiting = held
    approval = Approval.by_person(make_person(), reason="I looked at it")
    promote(version=waiting, replacing=model.live_promotion(), approval=approval)
    model.refresh_from_db()
    assert model.live_version() == waiting
    assert model.is_held
    assert ledger()[-1] == (2, "promote", "b", None)


def test_the_gate_flips_again_once_the_hold_is_lifted(held):
    model, waiting = held
    assert model.lift_hold()
    assert (model.is_held, model.held_by, model.held_reason) == (False, "", "")
    promote(version=waiting, replacing=model.live_promotion(), approval=BY_GATE)
    assert model.live_promotion().by == "run 7"


def test_lifting_says_whether_anybody_held(held):
    model, _ = held
    assert [model.lift_hold(), model.lift_hold()] == [True, False]


def test_holding_one_model_does_not_hold_another(held):
    other = make_version(make_model("roses"), "r")
    promote(version=other, replacing=None, approval=BY_GATE)
    assert other.registered_model.live_version() == other
    assert ledger()[-1] == (1, "promote", "r", None)
