"""What people override of the checks is honoured, and told in the audit."""

import pytest

from predictions.models.promotion import live_version
from scheduling.checks import CHECKS
from scheduling.checks.base import InForce
from scheduling.checks.serving_cost import Latency
from scheduling.judging.inputs import checks_in_force
from scheduling.judging.judge import judge
from scheduling.models import CheckLimit
from scheduling.tests.run_factory import make_running

ALL = [check.id for check in CHECKS]
TOO_FAST = {"max_p50_ms": 0.001, "max_p95_ms": 0.001}


def override(model, check_id, **columns):
    limit = CheckLimit(registered_model=model, check_id=check_id, **columns)
    limit.full_clean()
    limit.save()


def judged(model, candidate):
    run = make_running(model)
    judge(run, candidate)
    run.refresh_from_db()
    return run


REPORTING = {"feature_drift", "prediction_drift", "label_drift", "representative"}  # on a public model


def test_without_overrides_all_are_asked_and_block_but_for_what_only_reports(iris):
    CheckLimit.objects.filter(registered_model=iris).delete()  # the demo has one
    in_force = checks_in_force(iris)
    assert in_force == tuple(InForce(check=check, blocking=check.id not in REPORTING) for check in CHECKS)


@pytest.mark.parametrize(
    ("public", "anonymous", "blocks"),
    [
        (True, "one_caller", False),
        (True, "left_out", False),
        (True, "trusted", True),
        (False, "one_caller", True),
    ],
)
def test_what_anybody_can_send_stops_no_promotion(iris, public, anonymous, blocks):
    iris.public, iris.policy.watch_anonymous = public, anonymous
    iris.policy.save()
    [representative] = [one for one in checks_in_force(iris) if one.check.id == "representative"]
    assert representative.blocking is blocks


@pytest.mark.parametrize("blocking", [None, True, False])
def test_whether_drift_blocks_is_the_checks_default_or_an_override(iris, blocking):
    override(iris, "feature_drift", limits={"alpha": 0.01}, blocking=blocking)
    [drift] = [one for one in checks_in_force(iris) if one.check.id == "feature_drift"]
    assert drift.blocking is bool(blocking)


def test_an_override_changes_one_check_and_keeps_the_order(iris):
    override(iris, "latency", limits={"max_p95_ms": 5}, blocking=False)
    override(iris, "api_health", enabled=False)
    in_force = checks_in_force(iris)
    assert [one.check.id for one in in_force] == [name for name in ALL if name != "api_health"]
    latency = next(one for one in in_force if one.check.id == "latency")
    assert (latency.check.limits, latency.blocking) == (Latency().limits | {"max_p95_ms": 5}, False)


def test_another_models_overrides_do_not_count(iris):
    other = type(iris).objects.create(name="other", title="Other")
    override(other, "latency", enabled=False)
    assert len(checks_in_force(iris)) == len(CHECKS)


@pytest.mark.usefixtures("api", "rehearsed")
@pytest.mark.parametrize(
    ("limits", "why"),
    [({"gone": 1}, "gone"), ({"max_p95_ms": "5"}, "max_p95_ms: ")],
)
def test_an_override_that_no_longer_fits_blocks_and_says_where_to_mend_it(iris, live, strong, limits, why):
    unfit = CheckLimit.objects.create(registered_model=iris, check_id="latency", limits=limits)
    run = judged(iris, strong)
    assert (run.decision, live_version(iris)) == ("blocked", live)
    result = run.results.get(check_id="latency")
    assert (result.level, result.message in run.reason) == ("error", True)
    assert why in result.message
    page = f"/admin/scheduling/checklimit/{unfit.pk}/change/"
    assert page in result.message
    assert set(run.results.exclude(check_id="latency").values_list("level", flat=True)) <= {
        "pass",
        "warn",
        "not_applicable",
    }
    assert run.results.count() == len(CHECKS)


@pytest.mark.usefixtures("api", "rehearsed")
def test_a_stricter_limit_blocks_and_is_recorded(iris, live, strong):
    override(iris, "latency", limits=TOO_FAST)
    run = judged(iris, strong)
    assert (run.decision, live_version(iris)) == ("blocked", live)
    assert all(said in run.reason for said in ("latency: ", "4.0 ms", "0.001 ms"))
    assert run.results.get(check_id="latency").limit == Latency().limits | TOO_FAST
    assert run.evidence["limits"]["latency"] == Latency().limits | TOO_FAST


@pytest.mark.usefixtures("api", "rehearsed")
def test_a_check_that_does_not_block_is_told_and_flips_all_the_same(iris, live, strong):
    override(iris, "latency", limits=TOO_FAST, blocking=False)
    run = judged(iris, strong)
    result = run.results.get(check_id="latency")
    assert (run.decision, live_version(iris)) == ("promoted", strong)
    assert (result.level, result.blocking) == ("fail", False)
    assert run.evidence["blocking"]["latency"] is False


@pytest.mark.usefixtures("rehearsed")
def test_a_check_that_is_off_is_not_asked_and_the_audit_shows_it(iris, live, strong, config):
    config.API_BASE_URL = "http://127.0.0.1:9"  # nobody is there
    override(iris, "api_health", enabled=False)
    run = judged(iris, strong)
    assert run.decision == "promoted"
    assert [result.check_id for result in run.results.all()] == [name for name in ALL if name != "api_health"]
    assert "api_health" not in run.evidence["limits"]


@pytest.mark.usefixtures("api", "rehearsed")
def test_nothing_is_promoted_with_the_comparison_off(iris, live, strong):
    override(iris, "evaluation_metrics", enabled=False)
    run = judged(iris, strong)
    assert (run.decision, live_version(iris)) == ("blocked", live)
    assert "evaluation_metrics" in run.reason
