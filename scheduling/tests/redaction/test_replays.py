"""A run of a model with redacted features is replayed, though conditions on these were not kept."""

import pytest

from scheduling.models import Slice
from scheduling.tests.problem_factory import train
from scheduling.tests.redaction.marked import NAMES, SIZES
from scheduling.tests.redaction.marked_model import make_marked
from scheduling.tests.replay.replays import judged, replayed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]


def run_with(redacted):
    model = make_marked(redacted)
    return judged(model, train(model, "DecisionTreeClassifier", name="second", max_depth=3))


@pytest.mark.parametrize("redacted", [frozenset(), frozenset({"amount"}), NAMES])
def test_the_same_decision_and_figures(redacted):
    run = run_with(redacted)
    assert run.evidence["redacted"] == sorted(redacted)
    assert (run.evidence["slices"]["much"] is None) is ("amount" in redacted)
    again = replayed(run)
    assert again.differences == []
    assert bool(again.record.assumed) is bool(redacted)


def test_a_condition_that_was_edited_is_named_as_what_was_assumed():
    run = run_with(frozenset({"amount"}))
    Slice.objects.filter(name="much").update(condition=f"amount > {SIZES['amount'] + 2000}")
    again = replayed(run)
    assert "much" in again.record.assumed[0]
    assert {one.check for one in again.differences} >= {"slices"}


def test_one_that_was_removed_is_told():
    run = run_with(frozenset({"amount"}))
    Slice.objects.all().delete()
    assert {one.check for one in replayed(run).differences} >= {"slices"}


def test_what_is_redacted_since_then_was_not_redacted_then():
    run = run_with(frozenset())
    type(run.registered_model).objects.update(redacted_features=sorted(NAMES))
    again = replayed(run)
    assert (again.differences, again.evidence.redacted) == ([], frozenset())
