"""What is asked often stays quick however many rows there are: it follows an index, or stops early."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from predictions.admin.base import UpToTenThousand
from predictions.models import Promotion, RegisteredModel
from predictions.tests.factories import make_live, make_model, make_version
from scheduling.models import Run
from scheduling.operations.retention import never_live
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.run_factory import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(iris):
    """Enough runs for a planner to prefer an index."""
    now = timezone.now()
    Run.objects.bulk_create(
        Run(
            task="retrain", registered_model=iris, trigger="schedule", status="finished",
            decision="kept", finished_at=now - timedelta(minutes=number),
        )
        for number in range(3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return iris


def plan_of(rows):
    return rows.explain().replace('"', "")


def reads_whole_table(plan, table="scheduling_run"):
    """SQLite: SCAN without an index; PostgreSQL: a sequential scan, or a sort of what was found."""
    return any(
        (f"SCAN {table}" in line and "USING" not in line) or f"Seq Scan on {table}" in line
        for line in plan.splitlines()
    )


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: Run.objects.running(), "run_queue"),
        (lambda: Run.objects.queued(), "run_queue"),
        (lambda: Run.objects.filter(decision="blocked").order_by("-pk")[:50], "run_decision"),
        (lambda: Run.objects.ended_since(timezone.now() - timedelta(minutes=5)).order_by(), "run_ended"),
    ],
)
def test_it_follows_its_index(many, rows, index):
    plan = plan_of(rows())
    assert index in plan, plan
    assert not reads_whole_table(plan), plan


def test_the_newest_rows_that_a_caller_may_see_are_read_in_their_order(many):
    """No sort of all the runs of all the visible models."""
    hidden = RegisteredModel.objects.hidden_from(None)
    plan = plan_of(Run.objects.exclude(registered_model__in=hidden)[:50])
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
    assert "Seq Scan on scheduling_run" not in plan


@pytest.mark.parametrize("path", ["/api/runs", "/api/promotions"])
def test_hidden_models_are_left_out_of_lists(client, weak, path):
    make_run(weak.registered_model)
    make_live(weak)
    assert len(client.get(path).json()["results"]) == 1
    RegisteredModel.objects.update(public=False)
    assert client.get(path).json()["results"] == []


def test_counting_stops_at_a_bound(many, monkeypatch):
    monkeypatch.setattr(UpToTenThousand, "most", 100)
    assert UpToTenThousand(Run.objects.all(), 50).num_pages == 2
    few = Run.objects.filter(finished_at__gt=timezone.now() - timedelta(minutes=30))
    assert UpToTenThousand(few, 50).count == few.count() == 30


@pytest.mark.parametrize("model", ["scheduling/run", "predictions/modelversion", "predictions/promotion"])
def test_a_long_list_of_the_admin_counts_nothing_without_a_bound(client, many, model):
    sign_in_superuser(client)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/admin/{model}/").status_code == 200
    table = f'"{model.replace("/", "_")}"'
    counted = [q["sql"] for q in queries if "COUNT(" in q["sql"] and table in q["sql"]]
    assert len(counted) == 1
    assert f"LIMIT {UpToTenThousand.most}" in counted[0]


def test_a_list_whose_count_met_the_bound_says_so(client, many, monkeypatch):
    sign_in_superuser(client)
    assert "what is older" not in client.get("/admin/scheduling/run/").content.decode()
    monkeypatch.setattr(UpToTenThousand, "most", 100)
    page = client.get("/admin/scheduling/run/").content.decode()
    assert " 100 " in page
    assert "100 runs" in page


def test_versions_that_were_never_live_are_found(iris):
    wine = make_model()
    first, second, idle = (make_version(wine, name) for name in ("a", "b", "c"))
    make_live(first)
    make_live(second)
    assert Promotion.objects.count() == 2
    assert list(never_live(wine)) == [idle]
