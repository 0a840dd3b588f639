"""Changes that no model could make, or that say nothing of the past, are refused with what there is."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from scheduling.checks import CHECKS_BY_ID
from scheduling.models import GatePolicy
from scheduling.simulation.recorded.changes import ChangeInvalid, parse_changes


def parse(model, *, limits=(), policy=(), disabled=(), not_blocking=()):
    return parse_changes(model, limits=limits, policy=policy, disabled=disabled, not_blocking=not_blocking)


def test_values_are_json_or_text(iris):
    changes = parse(
        iris,
        limits=["latency.max_p95_ms=80", "latency.max_p50_ms=2.5", "slices.depth=1"],
        policy=["promote_when=not_worse", 'floors={"accuracy": 0.5}', "margin=0.1", "relative=true"],
        disabled=["memory"],
        not_blocking=["leakage"],
    )
    assert changes.limits == {"latency": {"max_p95_ms": 80, "max_p50_ms": 2.5}, "slices": {"depth": 1}}
    assert changes.policy == {
        "promote_when": "not_worse", "floors": {"accuracy": 0.5}, "margin": 0.1, "relative": True,
    }  # fmt: skip
    assert (changes.disabled, changes.not_blocking) == ({"memory"}, {"leakage"})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "--limits, --policy, --disable or --not-blocking"),
        ({"limits": ["latency"]}, "<check>.<limit>=<value>"),
        ({"limits": ["=3"]}, "<check>.<limit>=<value>"),
        ({"limits": ["speed.max=3"]}, ": data_quality, "),
        ({"limits": ["latency=3"]}, " latency.max_p50_ms, "),
        ({"limits": ["contract=3"]}, " contract"),
        ({"limits": ["latency.max=3"]}, "least_difference_ms, "),
        ({"limits": ["latency.max_p95_ms=fast"]}, "Expected float, got str"),
        ({"limits": ["latency.max_p95_ms=-1"]}, "Expected float > 0"),
        ({"limits": ["latency.max_p95_ms=NaN"]}, "latency.max_p95_ms=NaN: "),
        ({"limits": ["latency.max_p95_ms="]}, "Expected float, got str"),
        ({"limits": ["api_health.attempts=1"]}, "--disable api_health or --not-blocking api_health"),
        ({"policy": ["bake_minutes=30"]}, ": primary_metric, "),
        ({"policy": ["margin"]}, "<key>=<value>"),
        ({"policy": ["margin=-1"]}, "margin: Ensure this value is greater than or equal to 0.0"),
        ({"policy": ["margin=NaN"]}, "margin: "),
        ({"policy": ["margin=much"]}, "margin: "),
        ({"policy": ["margin=true"]}, "margin: "),
        ({"policy": ['floors={"accuracy": ' + "9" * 400 + "}"]}, "accuracy"),
        ({"policy": ['floors={"accuracy": ' + "[" * 100_000]}, "floors: "),
        ({"limits": ["latency.max_p95_ms=" + "[" * 100_000]}, "Expected float, got str"),
        ({"limits": ["enough_rows.min_rows=" + "9" * 400]}, "min_rows"),
        ({"limits": ["evaluation_metrics.alpha=1e-320"]}, "Expected float >= 1e-06"),
        ({"policy": ["promote_when=always"]}, "promote_when: "),
        ({"policy": ["primary_metric=rmse"]}, "primary_metric: "),
        ({"policy": ["floors=3"]}, "floors: "),
        ({"policy": ['floors={"rmse": 3}']}, "floors: rmse "),
        ({"policy": ["positive_label=9"]}, "positive_label: "),
        ({"disabled": ["speed"]}, "'speed'"),
        ({"not_blocking": [""]}, "''"),
        ({"disabled": ["latency"], "not_blocking": ["latency"]}, "latency: "),
    ],
)
def test_rubbish_is_refused_with_what_there_is(iris, given, named):
    with pytest.raises(ChangeInvalid) as refused:
        parse(iris, **given)
    assert named in str(refused.value)


def test_a_model_without_a_policy_is_given_none(iris):
    iris.policy.delete()
    assert parse(iris, policy=["margin=0.1"]).policy == {"margin": 0.1}
    assert not GatePolicy.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--disable", "speed"], f": {', '.join(CHECKS_BY_ID)}."),
        (["nothing", "--disable", "memory"], ": iris."),
        (["--disable", "memory", "--last", "0"], "argument --last: "),
        (["--disable", "memory", "--last", "many"], "argument --last: "),
        (["--disable", "memory", "--since", "yesterday"], "argument --since: "),
    ],
)
def test_the_command_refuses_in_one_line(iris, arguments, named):
    with pytest.raises(CommandError) as refused:
        call_command("simulate_policies", "--recorded", *arguments)
    assert named in str(refused.value)


def test_without_a_default_model_one_must_be_named(iris):
    type(iris).objects.update(is_default=False)
    with pytest.raises(CommandError, match=r": iris\."):
        call_command("simulate_policies", "--recorded", "--disable", "memory")
