"""What a period is: a new evaluation set, and the newest training set from before it."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from predictions.models import Dataset
from scheduling.simulation.periods import periods_of
from scheduling.tests.simulation.past_factory import churn_rows, make_churn, register

pytestmark = pytest.mark.django_db
ROWS = 60


def found(model, **how):
    return periods_of(model, model.signatures.get().spec(), **how)


def evaluations(model, **how):
    return [period.evaluation.pk for period in found(model, **how)[0]]


@pytest.fixture
def churn():
    return make_churn(3, rows=ROWS)


@pytest.fixture
def more():
    """Other rows of the same kind."""
    return churn_rows(np.random.default_rng(9), ROWS, angle=0)


def sets(model, role):
    return list(Dataset.objects.filter(registered_model=model, role=role).order_by("pk"))


def test_each_evaluation_set_is_a_period_with_the_training_set_before_it(churn):
    periods, left_out = found(churn)
    assert [one.evaluation for one in periods] == sets(churn, "evaluation")
    assert [one.training for one in periods] == sets(churn, "training")
    assert left_out == []


def test_a_training_set_is_used_until_there_is_a_newer_one(churn, more):
    register(churn, "evaluation", more)
    assert found(churn)[0][-1].training == sets(churn, "training")[-1]


def test_without_a_training_set_before_it_a_period_has_none(more):
    model = make_churn(0)
    register(model, "evaluation", more)
    register(model, "training", more)
    assert [one.training for one in found(model)[0]] == [None]


def test_the_same_rows_in_another_order_and_most_of_the_rows_are_no_new_period(churn, more):
    before = evaluations(churn)
    first = register(churn, "evaluation", more)
    shuffled = register(churn, "evaluation", more.sample(frac=1, random_state=1))
    more.iloc[: ROWS // 4] = churn_rows(np.random.default_rng(10), ROWS // 4, angle=0)
    grown = register(churn, "evaluation", more)
    periods, left_out = found(churn)
    assert [one.evaluation.pk for one in periods] == [*before, first.pk]
    assert [f"set {one.pk} " in said for one, said in zip((shuffled, grown), left_out, strict=True)] == [
        True
    ] * 2


def test_a_file_that_is_missing_is_told_and_the_others_are_played(churn, config):
    middle = sets(churn, "evaluation")[1]
    (config.MEDIA_ROOT / middle.file).unlink()
    periods, (said,) = found(churn)
    assert len(periods) == 2
    assert f"set {middle.pk} " in said
    assert middle.file in said


def test_the_newest_can_be_chosen_by_number_and_by_date(churn):
    every = evaluations(churn)
    assert evaluations(churn, last=2) == every[-2:]
    assert evaluations(churn, since=timezone.now() + timedelta(days=1)) == []
    assert evaluations(churn, since=timezone.now() - timedelta(days=1)) == every
