"""One judgement with nothing replaced: the candidate is rehearsed in a real server of its own."""

import os

import pytest
from django.conf import settings
from django.db import connection

from predictions.models import Worker
from scheduling.checks import CHECKS
from scheduling.judging import judge
from scheduling.tests.run_factory import make_running


@pytest.fixture
def server_uses_this_database(monkeypatch):
    """The rehearsal's server reads the rows and files of the test."""
    monkeypatch.setenv("DATABASE_URL", database_url())
    monkeypatch.setenv("MEDIA_ROOT", str(settings.MEDIA_ROOT))


def database_url():
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{os.path.abspath(given['NAME'])}"
    who = f"{given['USER']}:{given['PASSWORD']}" if given["PASSWORD"] else given["USER"]
    return f"postgres://{who}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_the_good_forest_replaces_the_weak_one(iris, live, strong, api, server_uses_this_database):
    workers = Worker.objects.count()
    run = make_running(iris)
    judge(run, strong)
    run.refresh_from_db()
    levels = {result.check_id: result.level for result in run.results.all()}
    few = {
        "feature_drift": "warn",
        "prediction_drift": "warn",
        "slices": "warn",
        "label_drift": "not_applicable",
    }
    assert levels == {check.id: "pass" for check in CHECKS} | few, run.reason
    assert (run.status, run.decision, run.candidate, run.champion) == ("finished", "promoted", strong, live)
    promotion = iris.live_promotion()
    assert (promotion.version, promotion.replaced_version, promotion.by) == (strong, live, f"run {run.pk}")
    assert run.promotion == promotion
    for result in run.results.all():
        assert result.measured
        assert result.limit
        assert result.seconds >= 0
    latency = run.results.get(check_id="latency")
    assert 0 < latency.measured["p50_ms"] <= latency.measured["p95_ms"]
    assert latency.measured["requests"] == 45
    assert run.results.get(check_id="contract").measured["bad_requests"] == 9
    assert Worker.objects.count() == workers  # a rehearsal's server is no worker of the web tier
