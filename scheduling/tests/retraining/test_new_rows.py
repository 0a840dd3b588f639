"""How many rows are new, by the kind of the source; a look that finds too few is no run."""

import os
from datetime import timedelta

import pytest

from predictions.models import Dataset, Feedback, ModelVersion
from predictions.tests.factories import make_live, make_version
from scheduling.models import Run, ScheduleLook
from scheduling.retraining import looking
from scheduling.retraining.new_rows import new_rows_of
from scheduling.tests.retraining.conftest import LATER, trained
from scheduling.tests.sources.kinds.test_log import logged
from scheduling.tests.sources.shop import NOW, ROWS, make_shop, make_source, on_postgresql

__all__ = ["logged"]
NEWER = [(30, "a", f"{NOW + timedelta(hours=i):%Y-%m-%d %H:%M:%S}", 1, i % 2) for i in range(1, 26)]
pytestmark = pytest.mark.django_db


def look(schedule, now=LATER):
    looking.look(schedule, now=now)
    return ScheduleLook.objects.get(schedule=schedule)


def fires(schedule):
    """Whether new rows are enough, when as many are asked as there are, and one more."""
    found = new_rows_of(schedule, now=LATER)
    return found.fires, int(found.sentence.split()[0].replace(",", ""))


def test_a_query_is_asked_for_what_came_since(model, shop, waiting):
    make_source(model)
    before = trained(model)
    seen = look(waiting)
    assert not Run.objects.exclude(pk=before.pk).exists()
    assert (seen.looked_at, f"run {before.pk}." in seen.found) == (LATER, True)
    assert fires(waiting) == (False, 1)  # of the very moment
    make_shop(shop, [*NEWER, *ROWS])
    assert fires(waiting) == (True, 26)
    look(waiting)
    run = Run.objects.queued().get()
    assert (run.task, run.schedule, run.trigger) == ("retrain", waiting, "schedule")
    assert run.notes


@pytest.mark.parametrize(
    ("query", "time_column"),
    [
        ("SELECT age, city, at, left_us FROM customer -- all", "at"),
        ("SELECT age, city, left_us FROM customer;", ""),
    ],
)
def test_a_query_without_a_window_is_counted_as_well(model, shop, waiting, query, time_column):
    make_source(model, query=query, time_column=time_column, hold_out="time" if time_column else "random")
    trained(model)
    of_the_moment = 1 if time_column else 0
    assert fires(waiting) == (False, of_the_moment)
    make_shop(shop, [*NEWER, *ROWS])
    assert fires(waiting) == (True, 25 + of_the_moment)


def test_before_the_first_training_all_rows_are_new(model, shop, waiting):
    make_source(model)
    assert fires(waiting) == (True, 400)


def test_rows_of_a_run_that_was_blocked_are_still_new(model, shop, waiting):
    make_source(model)
    trained(model, decision="blocked")
    assert fires(waiting) == (True, 400)


@on_postgresql
def test_postgresql_counts(model, server_shop, waiting, config, monkeypatch):
    monkeypatch.setattr("scheduling.sources.snapshots.timezone.now", lambda: NOW)
    config.DATA_SOURCES = {"shop": server_shop}
    make_source(model)
    assert fires(waiting) == (True, 400)
    trained(model)
    assert fires(waiting) == (False, 1)


def test_a_source_that_cannot_be_read_is_told_and_no_run(model, shop, waiting):
    make_source(model)
    shop.unlink()
    assert look(waiting).found.startswith("Could not look: ")
    assert not Run.objects.exists()


def test_a_query_set_is_counted_and_not_read(model, shop, waiting, config, django_user_model):
    config.SOURCE_CALLABLES = {"users": "scheduling.tests.sources.kinds.some_functions:users"}
    source = {"kind": "callable", "function": "users", "query": "", "database": ""}
    make_source(model, **source, time_column="date_joined")
    for i in range(3):
        django_user_model.objects.create(username=f"u{i}", date_joined=NOW + timedelta(days=i))
    assert fires(waiting) == (False, 3)


def test_another_function_is_read(model, waiting, config):
    config.SOURCE_CALLABLES = {"frame": "scheduling.tests.sources.kinds.some_functions:frame"}
    make_source(
        model, kind="callable", function="frame", query="", database="", time_column="", hold_out="random"
    )
    assert fires(waiting) == (False, 2)


def test_files_are_read_only_where_one_was_written_since(model, shop, waiting, config, tmp_path, monkeypatch):
    config.FILE_ROOTS = {"exports": str(tmp_path)}
    lines = [f"{age},{city},{at},{left}" for age, city, at, _, left in ROWS]
    (tmp_path / "june.csv").write_text("\n".join(["age,city,at,left_us", *lines]))
    source = {"kind": "files", "root": "exports", "pattern": "*.csv", "query": "", "database": ""}
    make_source(model, **source, time_column="", hold_out="random")
    trained(model)
    os.utime(tmp_path / "june.csv", (1, 1))
    with monkeypatch.context() as patch:
        patch.setattr("scheduling.retraining.counting.open_rows", None)
        assert fires(waiting) == (False, 0)
    (tmp_path / "july.csv").write_text("age,city,at,left_us\n" + "1,a,2026-07-02,1\n" * 30)
    os.utime(tmp_path / "july.csv", (2**32, 2**32))
    assert fires(waiting) == (True, 30)


def test_of_the_log_true_labels_count_however_late_they_were_told(logged, shop, waiting):
    make_source(logged, kind="log", query="", database="", minimum_rows=10)
    Feedback.objects.update(at=NOW)
    assert fires(waiting) == (True, 100)
    trained(logged)
    assert fires(waiting) == (False, 0)
    late = logged.predictions.filter(feedback=None).order_by("-pk")[:25]
    for prediction in late:
        Feedback.objects.create(prediction=prediction, label=1, who="ann", at=LATER)
    assert fires(waiting) == (True, 25)


def test_of_what_was_sent_a_newer_file_counts(model, waiting):
    def send(rows):
        return Dataset.objects.create(
            registered_model=model, role="training", file=f"{rows}.csv", sha256=f"{rows:064}", rows=rows
        )

    assert fires(waiting) == (False, 0)
    first = send(300)
    assert fires(waiting) == (True, 300)
    version = make_version(model, "rf")
    ModelVersion.objects.filter(pk=version.pk).update(training_dataset=first)
    assert fires(waiting) == (True, 300)
    make_live(version)
    assert fires(waiting) == (False, 0)
    send(30)
    assert fires(waiting) == (True, 30)
