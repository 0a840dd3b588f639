"""The watch of a regression: its values beside those of the version before, and its errors on labels."""

from datetime import timedelta

import pytest

from predictions.models import Dataset
from predictions.models.promotion import live_version
from predictions.registry import loading
from predictions.registry.datasets import read_frame
from scheduling.models import Watch
from scheduling.tests.problem_factory import make_problem, train
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import BLOCK, TWO, log_block, look, watched
from scheduling.watch.rules.base import NO_LABELS

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def diabetes():
    """A good model is live, and a flip away from it will be watched."""
    from sklearn.datasets import load_diabetes

    frame = load_diabetes(as_frame=True).frame
    model = make_problem("diabetes", frame, output="target", task="regression")
    make_live(train(model, "Ridge", name="good", alpha=0.01))
    watched(model, minutes=240)
    return model


def flip(model, estimator, **parameters):
    promotion = make_live(train(model, estimator, name="next", **parameters))
    look(model, promotion.at + MINUTE)
    return promotion


def rows_of(model, version):
    spec = loading.load(version).spec
    return spec.rows_of(read_frame(Dataset.objects.current(model, Dataset.Role.EVALUATION), spec))


def after(promotion, blocks, rows, callers=TWO):
    """Log so many blocks of requests that are all different, and hardly."""
    for i in range(blocks):
        for who in callers:
            different = [(row[0] + i * 1e-7, *row[1:]) for row in rows]
            log_block(promotion.version, promotion.at + i * BLOCK, different, who=who)
    log_block(promotion.version, promotion.at + blocks * BLOCK + MINUTE, rows[:1])
    return promotion.at + blocks * BLOCK + 2 * MINUTE


def test_values_that_the_gate_did_not_see_roll_back(diabetes):
    """On the evaluation rows both agree on average; now only those are asked whom the tree answers most."""
    promotion = flip(diabetes, "DecisionTreeRegressor", max_depth=1)
    rows = rows_of(diabetes, promotion.version)
    new, old = (
        loading.load(v).predict(rows).outputs for v in (promotion.version, promotion.replaced_version)
    )
    far = [row for row, one, other in zip(rows, new, old, strict=True) if one - other > 48]
    assert len(far) > 10
    [told] = look(diabetes, after(promotion, 30, far))
    assert all(part in told for part in ("prediction mix: ", "needed 160"))
    assert live_version(diabetes) == promotion.replaced_version


def test_the_difference_that_the_gate_saw_does_not(diabetes):
    promotion = flip(diabetes, "DecisionTreeRegressor", max_depth=3)
    look(diabetes, after(promotion, 6, rows_of(diabetes, promotion.version)))
    watch = Watch.objects.get()
    values = watch.evidence["values"]
    assert (watch.status, watch.evidence["told"]) == (Watch.Status.OPEN, "")
    assert sum(values["voices"].values()) > 250
    assert [third["apart"] > 0.05 for third in values["thirds"]] == [True] * 3


def test_each_task_has_its_rule(diabetes):
    flip(diabetes, "DecisionTreeRegressor", max_depth=1)
    watch = Watch.objects.get()
    assert watch.evidence["mix"]["missing"] == NO_LABELS
    assert watch.evidence["labels"]["scale"] > watch.evidence["values"]["scale"] > 100
    look(diabetes, watch.until + 2 * MINUTE)
    watch.refresh_from_db()
    assert (watch.status, watch.evidence["mix"]["missing"] in watch.reason) == ("unseen", False)
