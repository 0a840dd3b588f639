"""One judgement with nothing replaced: the candidate is rehearsed in a real server of its own."""

import pytest

from predictions.models import Worker
from predictions.models.promotion import live_promotion
from scheduling.checks import CHECKS
from scheduling.judging.judge import judge
from scheduling.tests.replay.replays import assert_same
from scheduling.tests.run_factory import make_running


@pytest.mark.django_db(transaction=True)
def test_the_good_forest_replaces_the_weak_one(iris, live, strong, api, server_uses_this_database):
    workers = Worker.objects.count()
    run = make_running(iris)
    judge(run, strong)
    run.refresh_from_db()
    levels = {result.check_id: result.level for result in run.results.all()}
    few_rows = {"feature_drift": "warn", "prediction_drift": "warn", "slices": "warn"}
    expected = (
        {check.id: "pass" for check in CHECKS}
        | few_rows
        | {"label_drift": "not_applicable", "representative": "not_applicable"}
    )
    assert levels == expected, run.reason
    assert (run.status, run.decision, run.candidate, run.champion) == ("finished", "promoted", strong, live)
    promotion = live_promotion(iris)
    assert (promotion.version, promotion.replaced_version, promotion.by) == (strong, live, f"run {run.pk}")
    assert run.promotion == promotion
    for result in run.results.all():
        assert result.measured
        assert result.limit
        assert result.seconds >= 0
    latency = run.results.get(check_id="latency")
    assert 0 < latency.measured["p50_ms"] <= latency.measured["p95_ms"]
    assert latency.measured["requests"] == 225  # 45 rows, five times
    assert 0 < latency.measured["champion_p50_ms"] <= latency.measured["champion_p95_ms"]
    assert run.results.get(check_id="contract").measured["bad_requests"] == 13
    assert Worker.objects.count() == workers  # a rehearsal's server is no worker of the web tier
    assert_same(run)
