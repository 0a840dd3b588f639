"""`manage.py status`: lines in a pipe, JSON for programs, and an exit code that says whether it is well."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from predictions.models import Worker
from scheduling.tests.pages.test_overview import count, serve


def status(*arguments):
    """What it prints, and its exit code."""
    out, code = StringIO(), 0
    try:
        call_command("status", *arguments, stdout=out)
    except SystemExit as ended:
        code = ended.code
    return out.getvalue(), code


@pytest.fixture
def lease(monkeypatch):
    """A scheduler leads."""
    monkeypatch.setattr("scheduling.pages.overview._of_the_scheduler", lambda *asked: [])


@pytest.mark.usefixtures("lease", "live")
def test_all_is_well(live):
    serve()
    count(live)
    out, code = status()
    (line,) = out.splitlines()
    assert (line.split("\t")[:4], code) == (["model", "iris", "✓ Running normally", "1.0"], 0)
    (model,) = json.loads(status("--json")[0])["models"]
    assert (model["state"], model["live"], model["by"], model["held"]) == ("well", "1.0", "a test", False)


@pytest.mark.usefixtures("lease")
def test_a_hold_is_told(live):
    serve()
    live.registered_model.hold(by="ada", reason="Holiday.")
    out, code = status()
    assert "paused" in out
    assert code == 0


@pytest.mark.usefixtures("lease", "live")
def test_a_version_that_no_worker_serves_needs_a_person(live):
    Worker.objects.all().delete()
    out, code = status()
    assert ([line.split("\t")[0] for line in out.splitlines()], code) == (["model", "needs"], 1)
    told, code = status("--json")
    assert ([need["who"] for need in json.loads(told)["needs"]], code) == (["iris"], 1)


@pytest.mark.django_db
def test_without_a_model_nothing_needs_anybody():
    assert status() == ("", 0)
