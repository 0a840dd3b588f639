"""An upgrade puts overrides where their limits are now, and each row's history says so."""

import pytest

from predictions.registry.history import changes_of
from scheduling.checks import CHECKS_BY_ID
from scheduling.models import CheckLimit, GatePolicy
from scheduling.statistics.metrics import REGRESSION
from scheduling.tests.migrating import make_old_model, upgraded

pytestmark = pytest.mark.django_db(transaction=True)
BY = "no person: the upgrade"


def after_the_upgrade(fill):
    """The model to which `fill` gave its rows before."""

    def before(apps):
        model = make_old_model(apps)
        fill(apps, model)
        return model.pk

    return upgraded("0012_ranks_of_many_labels", before)


def override(apps, model, check_id, **columns):
    row = apps.get_model("scheduling", "CheckLimit").objects.create(
        registered_model=model, check_id=check_id, **columns
    )
    keep(apps, row)


def keep(apps, row):
    apps.get_model("scheduling", f"Historical{row._meta.object_name}").objects.create(
        **{field.attname: getattr(row, field.attname) for field in row._meta.fields},
        history_date="2026-01-01T00:00Z",
        history_type="+",
        history_by="ann",
    )


def policy(apps, model, **columns):
    keep(apps, apps.get_model("scheduling", "GatePolicy").objects.create(registered_model=model, **columns))


def limits_of(pk):
    rows = CheckLimit.objects.filter(registered_model=pk)
    for row in rows:
        CHECKS_BY_ID[row.check_id].with_limits(row.limits)  # raises where a run would
    return {row.check_id: row.limits for row in rows}


def test_the_floor_of_the_log_loss_is_the_policys():
    def fill(apps, model):
        override(apps, model, "evaluation_metrics", limits={"alpha": 0.02, "log_loss_floor": 0.05})
        policy(apps, model, primary_metric="log_loss")

    pk = after_the_upgrade(fill)
    assert limits_of(pk) == {"evaluation_metrics": {"alpha": 0.02}}
    changed = GatePolicy.objects.get(registered_model=pk)
    assert (changed.primary_metric, changed.log_loss_floor) == ("log_loss", 0.05)
    record = changed.history.first()
    assert (record.history_type, record.history_by) == ("~", BY)
    assert [(c.name, c.old, c.new) for c in changes_of(record)] == [("log loss floor", "0.01", "0.05")]
    [moved] = changes_of(CheckLimit.objects.get(registered_model=pk).history.first())
    assert (moved.name, moved.old, moved.new) == ("limits: log_loss_floor", "0.05", "–")


def test_a_floor_that_somebody_has_set_in_the_policy_stays():
    def fill(apps, model):
        override(apps, model, "evaluation_metrics", limits={"log_loss_floor": 0.05})
        policy(apps, model, log_loss_floor=0.2)

    pk = after_the_upgrade(fill)
    kept = GatePolicy.objects.get(registered_model=pk)
    assert (kept.log_loss_floor, kept.history.count()) == (0.2, 1)
    assert limits_of(pk) == {"evaluation_metrics": {}}


@pytest.mark.parametrize(("task", "metric"), [(REGRESSION, "rmse"), ("classification", "f1_macro")])
def test_a_model_without_a_policy_gets_the_one_of_its_task(task, metric):
    def fill(apps, model):
        override(apps, model, "evaluation_metrics", limits={"log_loss_floor": 0.499})
        apps.get_model("predictions", "Signature").objects.create(
            registered_model=model, number=1, task=task, output_name="y", labels=[]
        )

    made = GatePolicy.objects.get(registered_model=after_the_upgrade(fill))
    assert (made.primary_metric, made.log_loss_floor) == (metric, 0.49)
    made.full_clean(exclude=["primary_metric"])
    assert [record.history_type for record in made.history.all()] == ["+"]


def test_the_least_rows_are_those_of_enough_rows():
    def fill(apps, model):
        limits = {"min_rows": 200, "max_constant_features": 3, "max_missing_share": 0.1}
        override(apps, model, "data_quality", limits=limits, blocking=False)

    pk = after_the_upgrade(fill)
    assert limits_of(pk) == {"data_quality": {"max_missing_share": 0.1}, "enough_rows": {"min_rows": 200}}
    old, new = CheckLimit.objects.filter(registered_model=pk)
    assert (old.blocking, new.blocking, new.enabled) == (False, True, True)
    assert [record.history_type for record in old.history.all()] == ["~", "+"]
    assert "moved to where it is asked now, or gone" in old.history.first().history_change_reason
    assert [(record.history_type, record.history_by) for record in new.history.all()] == [("+", BY)]


def test_the_least_rows_that_somebody_has_set_there_stay():
    def fill(apps, model):
        override(apps, model, "data_quality", limits={"min_rows": 200})
        override(apps, model, "enough_rows", limits={"min_rows": 50, "few_class_rows": 7})

    pk = after_the_upgrade(fill)
    assert limits_of(pk) == {"data_quality": {}, "enough_rows": {"min_rows": 50, "few_class_rows": 7}}


def test_other_overrides_are_left_alone():
    def fill(apps, model):
        override(apps, model, "data_quality", limits={"max_missing_share": 0.2})
        override(apps, model, "latency", limits={"max_p95_ms": 5}, enabled=False)

    pk = after_the_upgrade(fill)
    assert limits_of(pk) == {"data_quality": {"max_missing_share": 0.2}, "latency": {"max_p95_ms": 5}}
    assert all(row.history.count() == 1 for row in CheckLimit.objects.filter(registered_model=pk))
