"""What training code printed is for those who may read values, by the API and on the run's page."""

import pytest
from django.urls import reverse

from predictions.models.people.roles import give
from predictions.tests.factories import make_person, token_of
from scheduling.models import TrainingOutput
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.run_factory import make_running


@pytest.fixture
def run(iris):
    run = make_running(iris)
    TrainingOutput.objects.create(run=run, text="<b>é\n", printed=90, metrics=[{"loss": 0.5}, {"loss": 0.25}])
    return run


@pytest.mark.parametrize(("role", "status"), [(None, 404), ("reader", 403), ("operator", 200)])
def test_the_output_is_for_those_who_may_read_values(client, iris, run, role, status):
    iris.public = False
    iris.save()
    person = make_person("ann")
    if role:
        give(person, {role}, iris)
    reply = client.get(f"/api/runs/{run.pk}/output", headers=token_of(person))
    if status == 200:
        assert reply.json()["text"] == "<b>é\n"
        assert (reply.json()["printed"], reply.json()["is_cut"]) == (90, True)
        assert reply.json()["metrics"] == [{"loss": 0.5}, {"loss": 0.25}]
    assert reply.status_code == status


def test_a_run_without_output_has_none(client, iris):
    boss = token_of(make_person("boss", is_superuser=True))
    assert client.get(f"/api/runs/{make_running(iris).pk}/output", headers=boss).status_code == 404


def test_the_page_of_the_run_shows_it_folded(client, iris, run):
    sign_in_superuser(client)
    page = client.get(reverse("admin:scheduling_run_change", args=[run.pk])).content.decode()
    assert "&lt;b&gt;é" in page
    assert "0.25" in page
    reader = sign_in_with(client)
    give(reader, {"reader"}, iris)
    page = client.get(reverse("admin:scheduling_run_change", args=[run.pk])).content.decode()
    assert "&lt;b&gt;é" not in page
