"""`GET /api/runs/{id}/simulation`: the report of a run, for whoever sees its model."""

import pytest

from predictions.tests.factories import make_person, token_of
from scheduling.models import Simulation
from scheduling.simulation.report.schema import as_stored, from_stored
from scheduling.tests.run_factory import make_run
from scheduling.tests.simulation.reports import make_report


@pytest.fixture
def run(iris):
    return make_run(iris, task="simulate", status="finished", finished_at="2026-03-01T12:00Z")


@pytest.mark.parametrize("end", ["", "/"])
def test_it_is_the_report_as_the_command_prints_it(client, run, end):
    Simulation.objects.create(run=run, report=as_stored(make_report()))
    reply = client.get(f"/api/runs/{run.pk}/simulation{end}")
    assert reply.status_code == 200
    assert from_stored(reply.json()) == make_report()


@pytest.mark.parametrize("report", [None, {"written": "by another program"}])
def test_a_run_without_a_report_and_one_that_cannot_be_read_are_not_found(client, run, report):
    if report:
        Simulation.objects.create(run=run, report=report)
    assert client.get(f"/api/runs/{run.pk}/simulation").status_code == 404


def test_that_of_a_private_model_is_for_those_who_see_it(client, iris, run):
    Simulation.objects.create(run=run, report=as_stored(make_report()))
    type(iris).objects.update(public=False)
    assert client.get(f"/api/runs/{run.pk}/simulation").status_code == 404
    boss = token_of(make_person("boss", is_superuser=True))
    assert client.get(f"/api/runs/{run.pk}/simulation", headers=boss).status_code == 200
