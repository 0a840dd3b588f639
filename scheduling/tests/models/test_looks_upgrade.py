"""An upgrade keeps the looks that were counted before sets were compared with each other."""

import pytest

from predictions.models import Dataset
from scheduling.models import Look
from scheduling.tests.migrating import make_old_model, upgraded

pytestmark = pytest.mark.django_db(transaction=True)


def two_sets_with_looks(apps):
    model = make_old_model(apps)
    counts = {}
    for sha256, looks in (("a", 3), ("b", 2), ("c", 0)):
        dataset = apps.get_model("predictions", "Dataset").objects.create(
            registered_model=model, role="evaluation", file=sha256, sha256=sha256, rows=45
        )
        counts[dataset.pk] = looks
        for number in range(1, looks + 1):
            apps.get_model("scheduling", "Look").objects.create(
                evaluation_dataset=dataset, number=number, candidate="1.1", champion="1.0", metric="brier",
                alpha=0.01, margin_factor=1.0,
            )  # fmt: skip
    return counts


def test_each_set_has_its_looks():
    counts = upgraded("0013_moved_limits", two_sets_with_looks)
    assert {pk: Look.objects.spent(Dataset.objects.get(pk=pk)) for pk in counts} == counts
    assert all(look.first_set == look.evaluation_dataset for look in Look.objects.all())
