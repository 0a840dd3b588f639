"""django-apscheduler's tables: readable, without the action that would run jobs in the web process."""

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from predictions.tests.admin_pages import list_of
from scheduling.models import Run
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.engine_factory import make_engine

StoredJob = apps.get_model("django_apscheduler", "DjangoJob")
Execution = apps.get_model("django_apscheduler", "DjangoJobExecution")


@pytest.fixture
def rows(client, iris):
    """A stored job, and an execution as an older installation might have left it."""
    make_engine()
    sign_in_superuser(client)
    job = StoredJob.objects.get()
    now = timezone.now()
    return [job, Execution.objects.create(job=job, status="Executed", run_time=now)]


def page_of(row, name):
    return reverse(f"admin:django_apscheduler_{row._meta.model_name}_{name}", args=[row.pk])


def test_they_can_be_read(client, rows):
    for row in rows:
        assert client.get(list_of(row)).status_code == 200
        assert client.get(page_of(row, "change")).status_code == 200


def test_nobody_adds_changes_or_deletes(client, rows):
    for row in rows:
        before = row.__class__.objects.values().get()
        try:
            add = reverse(f"admin:django_apscheduler_{row._meta.model_name}_add")
            assert client.get(add).status_code == 403
        except NoReverseMatch:
            pass
        for name in ("change", "delete"):
            assert client.post(page_of(row, name), {"post": "yes", "id": "x"}).status_code == 403
        client.post(list_of(row), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
        assert row.__class__.objects.values().get() == before


def test_the_action_that_runs_jobs_is_gone(client, rows):
    job, _ = rows
    html = client.get(list_of(job)).content.decode()
    assert "run_selected_jobs" not in html
    assert 'name="action"' not in html
    client.post(list_of(job), {"action": "run_selected_jobs", "_selected_action": [job.pk]})
    assert not Run.objects.exists()
    assert Execution.objects.count() == 1


def test_what_is_pickled_is_neither_shown_nor_read(client, rows):
    job, _ = rows
    StoredJob.objects.update(job_state=b"no pickle at all")
    for path in (list_of(job), page_of(job, "change")):
        assert client.get(path).status_code == 200
