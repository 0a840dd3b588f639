"""The page of simulated policies: who sees it, who may ask for one, and what it shows."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from scheduling.admin.simulations import bar_of
from scheduling.models import Run, Simulation
from scheduling.simulation.report.schema import Estimate, as_stored
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.run_factory import make_run
from scheduling.tests.simulation.reports import make_played, make_report

pytestmark = pytest.mark.django_db
ENDED = {"status": "finished", "finished_at": "2026-03-01T12:00Z", "reason": "Keep it."}


def url(model):
    return reverse("admin:model-simulation", args=[model.pk])


def simulated(model, report=None):
    run = make_run(model, task="simulate", **ENDED)
    Simulation.objects.create(run=run, report=as_stored(make_report()) if report is None else report)
    return run


def test_it_shows_the_newest_report_or_that_of_a_run(client, iris):
    sign_in_superuser(client)
    older = simulated(iris, as_stored(make_report(left_out=["An older one."])))
    newer = simulated(iris)
    page = client.get(url(iris))
    assert (page.context["simulation"].run, page.context["report"].hindsight) == (newer, 1)
    assert client.get(f"{url(iris)}?run={older.pk}").context["report"].left_out == ["An older one."]
    text = page.content.decode()
    for sentence in (*make_report().advice.sentences, *make_report().left_out):
        assert sentence in text
    assert text.count('class="bar"') == 3
    assert text.count("✗</td>") == 1


@pytest.mark.parametrize("run", ["0", "x", "9" * 30, "-1", "²"])
def test_a_run_without_one_is_not_found(client, iris, run):
    sign_in_superuser(client)
    simulated(iris)
    assert client.get(url(iris), {"run": run}).status_code == 404


def test_a_run_of_another_model_is_not_found(client, iris):
    sign_in_superuser(client)
    run = simulated(iris)
    other = type(iris).objects.create(name="other", title="Other")
    assert client.get(url(other), {"run": run.pk}).status_code == 404


def test_who_may_see_policies_sees_it_and_who_may_request_runs_asks(client, iris):
    person = sign_in_with(client)
    assert client.get(url(iris)).status_code == 403
    person.user_permissions.set(Permission.objects.filter(codename="view_registeredmodel"))
    page = client.get(url(iris))
    assert (page.status_code, "Simulate now" in page.content.decode()) == (200, False)
    assert client.post(url(iris)).status_code == 403
    person.user_permissions.add(Permission.objects.get(codename="request_run"))
    assert "Simulate now" in client.get(url(iris)).content.decode()
    assert client.post(url(iris), {"candidates": "versions"}).status_code == 302
    run = Run.objects.get()
    assert (run.task, run.status, run.requested_by, run.parameters) == (
        "simulate", "queued", "ann", {"candidates": "versions"},
    )  # fmt: skip


def test_one_at_a_time_and_no_other_candidates(client, iris):
    sign_in_superuser(client)
    client.post(url(iris), {"candidates": "dreams"})
    assert not Run.objects.exists()
    for _ in range(2):
        client.post(url(iris))
    assert Run.objects.get().parameters == {}
    assert 'http-equiv="refresh"' in client.get(url(iris)).content.decode()


def test_a_failed_one_and_one_that_cannot_be_read_say_so(client, iris):
    sign_in_superuser(client)
    assert client.get(url(iris)).status_code == 200
    make_run(iris, task="simulate", **ENDED | {"status": "failed", "reason": "No set."})
    assert "No set." in client.get(url(iris)).content.decode()
    run = simulated(iris, {"written": "by another program"})
    page = client.get(url(iris))
    assert (page.status_code, page.context["simulation"].run) == (200, run)
    assert page.context["problem"]


def test_the_pages_of_model_policy_and_run_lead_there(client, iris):
    sign_in_superuser(client)
    run = simulated(iris)
    for name, pk in (
        ("predictions_registeredmodel", iris.pk),
        ("scheduling_gatepolicy", iris.policy.pk),
        ("scheduling_run", run.pk),
    ):
        assert url(iris) in client.get(reverse(f"admin:{name}_change", args=[pk])).content.decode()


def test_words_of_people_are_escaped(client, iris):
    sign_in_superuser(client)
    bad = make_played("<script>alert(1)</script>", promoted=True)
    simulated(iris, as_stored(make_report(policies=[bad], left_out=["<b>x</b>"])))
    text = client.get(url(iris)).content.decode()
    assert "<script>alert" not in text
    assert "<b>x</b>" not in text


def test_a_bar_is_in_percent_of_the_widest():
    found = Estimate(mean=1.0, low=0.5, high=2.0)
    assert bar_of(found, 4.0) == {"mean": 25, "low": 12.5, "high": 50}
    assert bar_of(Estimate(mean=1.0, low=None, high=None), 4.0) == {"mean": 25, "low": 25, "high": 25}
    assert bar_of(None, 4.0) is bar_of(found, 0.0) is None
