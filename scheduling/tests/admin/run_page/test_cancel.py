"""The admin's "cancel" of a run: asks first, needs its own permission, and never changes a verdict."""

import pytest
from django.urls import reverse

from predictions.tests.admin_pages import act, form_on, list_of, log_entries, question, said
from scheduling.models import Run
from scheduling.tests.admin.people import sign_in_with
from scheduling.tests.run_factory import make_run, make_running

MAY = ("view_registeredmodel", "cancel_run")


@pytest.mark.parametrize("make", [make_run, make_running])
def test_it_asks_and_then_calls_the_run_off(client, iris, make):
    run = make(iris)
    sign_in_with(client, *MAY)
    page = act(client, run, "cancel")
    assert page.context["warning"]
    run.refresh_from_db()
    assert run.is_unfinished
    reply = client.post(question(run, "cancel"), form_on(page))
    run.refresh_from_db()
    assert (run.status, "ann" in run.reason) == ("cancelled", True)
    ((level, told),) = said(reply)
    assert (level, told.startswith(str(run))) == ("success", True)
    assert log_entries() == [("ann", str(run), "Cancel the run")]


def test_a_run_that_has_ended_is_told_as_an_error_and_logged(client, iris):
    run = make_running(iris)
    Run.objects.close(run, status="finished", reason="worse")
    sign_in_with(client, *MAY)
    reply = act(client, run, "cancel", confirmed="yes")
    ((level, told),) = said(reply)
    assert (level, str(run.pk) in told) == ("error", True)
    assert "refused" in log_entries()[0][2]
    run.refresh_from_db()
    assert run.reason == "worse"


def test_without_its_permission_it_is_neither_offered_nor_done(client, iris):
    run = make_run(iris)
    sign_in_with(client, "view_registeredmodel", "request_run", "change_policy")
    assert b'value="cancel"' not in client.get(list_of(run)).content
    act(client, run, "cancel", confirmed="yes")
    run.refresh_from_db()
    assert run.status == "queued"


@pytest.mark.parametrize(("make", "refreshes"), [(make_run, True), (make_running, True), (None, False)])
def test_the_page_of_a_run_at_work_shows_itself_anew(client, iris, make, refreshes):
    run = make(iris) if make else make_running(iris)
    if not make:
        Run.objects.close(run, status="finished", reason="worse")
    sign_in_with(client, *MAY)
    page = client.get(reverse("admin:scheduling_run_change", args=[run.pk]))
    assert (b'http-equiv="refresh"' in page.content) is refreshes
