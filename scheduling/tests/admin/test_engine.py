"""django-apscheduler's stored jobs: readable, without the action that would run jobs in the web process."""

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, reverse

from predictions.tests.admin_pages import list_of
from scheduling.models import Run
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.engine_factory import make_engine

StoredJob = apps.get_model("django_apscheduler", "DjangoJob")
Execution = apps.get_model("django_apscheduler", "DjangoJobExecution")


@pytest.fixture
def job(client, iris):
    make_engine()
    sign_in_superuser(client)
    return StoredJob.objects.get()


def page_of(job, name):
    return reverse(f"admin:django_apscheduler_djangojob_{name}", args=[job.pk])


def test_they_can_be_read(client, job):
    assert client.get(list_of(job)).status_code == 200
    assert client.get(page_of(job, "change")).status_code == 200


def test_the_table_of_executions_which_nothing_writes_has_no_page(client, job):
    with pytest.raises(NoReverseMatch):
        reverse("admin:django_apscheduler_djangojobexecution_changelist")


def test_nobody_adds_changes_or_deletes(client, job):
    before = StoredJob.objects.values().get()
    assert client.get(reverse("admin:django_apscheduler_djangojob_add")).status_code == 403
    for name in ("change", "delete"):
        assert client.post(page_of(job, name), {"post": "yes", "id": "x"}).status_code == 403
    client.post(list_of(job), {"action": "delete_selected", "_selected_action": [job.pk], "post": "yes"})
    assert StoredJob.objects.values().get() == before


def test_the_action_that_runs_jobs_is_gone(client, job):
    html = client.get(list_of(job)).content.decode()
    assert "run_selected_jobs" not in html
    assert 'name="action"' not in html
    client.post(list_of(job), {"action": "run_selected_jobs", "_selected_action": [job.pk]})
    assert not Run.objects.exists()
    assert not Execution.objects.exists()


def test_what_is_pickled_is_neither_shown_nor_read(client, job):
    StoredJob.objects.update(job_state=b"no pickle at all")
    for path in (list_of(job), page_of(job, "change")):
        assert client.get(path).status_code == 200
