"""Rolling back: one version further back each time, never forward again."""

import pytest

from predictions.models import Promotion
from predictions.models.promotion import live_promotion, live_version
from predictions.registry.promotion import LiveVersionChanged, NothingToRollBackTo, roll_back
from predictions.tests.factories import APPROVAL, ledger, make_live, make_model, make_version

pytestmark = pytest.mark.django_db


def back(model):
    """Roll `model` back by one and return the name of what is live then."""
    roll_back(registered_model=model, replacing=live_promotion(model), approval=APPROVAL)
    return live_version(model).name


def promoted(*names):
    """A model whose versions with these names went live one after the other."""
    model = make_model()
    versions = {name: make_version(model, name) for name in sorted(set(names))}
    for name in names:
        make_live(versions[name])
    return model, versions


def test_it_goes_one_version_further_back_each_time():
    model, _ = promoted("a", "b", "c")
    assert [back(model), back(model)] == ["b", "a"]
    with pytest.raises(NothingToRollBackTo, match=r"wine 1\.0"):
        back(model)
    assert ledger()[3:] == [(4, "roll_back", "b", 2), (5, "roll_back", "a", 1)]


def test_the_row_says_what_it_replaced_by_whom_and_why():
    model, versions = promoted("a", "b")
    back(model)
    row = Promotion.objects.latest()
    assert (row.version, row.replaced_version) == (versions["a"], versions["b"])
    assert (row.by, row.reason, row.kind) == ("a test", "because", "roll_back")


def test_after_a_promotion_it_goes_back_to_what_that_replaced():
    model, versions = promoted("a", "b", "c")
    assert back(model) == "b"
    make_live(versions["c"])
    assert [back(model), back(model)] == ["b", "a"]
    with pytest.raises(NothingToRollBackTo):
        back(model)
    assert ledger()[-2:] == [(6, "roll_back", "b", 4), (7, "roll_back", "a", 1)]


def test_a_version_that_was_live_twice_is_gone_back_to_twice():
    model, _ = promoted("a", "b", "a", "c")
    assert [back(model), back(model), back(model)] == ["a", "b", "a"]
    with pytest.raises(NothingToRollBackTo):
        back(model)


def test_there_is_nothing_beneath_the_first_version():
    model, _ = promoted("a")
    before = ledger()
    with pytest.raises(NothingToRollBackTo):
        back(model)
    model.refresh_from_db()
    assert (ledger(), model.is_held) == (before, False)


def test_there_is_nothing_to_roll_back_where_nothing_is_live():
    with pytest.raises(NothingToRollBackTo, match="wine"):
        roll_back(registered_model=make_model(), replacing=None, approval=APPROVAL)
    assert ledger() == []


def test_it_refuses_when_the_row_underneath_changed_and_sets_no_hold():
    model, _ = promoted("a", "b")
    seen = live_promotion(model)
    make_live(make_version(model, "c"))
    before = ledger()
    with pytest.raises(LiveVersionChanged):
        roll_back(registered_model=model, replacing=seen, approval=APPROVAL)
    model.refresh_from_db()
    assert (ledger(), model.is_held) == (before, False)
    assert live_version(model).name == "c"


def test_it_holds_the_model_and_says_who_and_why():
    model, _ = promoted("a", "b")
    back(model)
    model.refresh_from_db()
    assert model.is_held
    assert (model.held_by, model.held_reason) == ("a test", "rolled back: because")


def test_it_does_not_roll_back_one_model_and_hold_another():
    model, _ = promoted("a", "b")
    other = make_model("roses")
    before = ledger()
    with pytest.raises(LiveVersionChanged):
        roll_back(registered_model=other, replacing=live_promotion(model), approval=APPROVAL)
    assert ledger() == before
