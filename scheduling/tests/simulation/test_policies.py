"""Which policies are played: the yardsticks, the two demands with their amounts, and today's once."""

import pytest

from scheduling.evidence.provenance import Policy
from scheduling.simulation.policies import AMOUNTS, amounts_for, contenders_of


def words(policy, amounts=AMOUNTS):
    return [one.words for one in contenders_of(policy, amounts)]


def test_yardsticks_come_first_and_each_policy_once():
    found = words(Policy())
    assert found[:2] == ["always promote", "never promote"]
    assert len(found) == len(set(found)) == 10


@pytest.mark.parametrize(
    "policy",
    [
        Policy(promote_when="better", least_gain=0.0),
        Policy(promote_when="better", least_gain=0.01, margin=0.4),
        Policy(promote_when="not_worse", margin=0.01, least_gain=0.3),
        Policy(promote_when="not_worse", margin=0.07, relative=True),
        Policy(promote_when="not_worse", margin=0.0),
        Policy(promote_when="unless_worse", margin=0.02),
    ],
)
def test_todays_is_played_and_marked_with_its_own_settings(policy):
    (today,) = [one for one in contenders_of(policy, AMOUNTS) if one.is_current]
    assert today.policy == policy
    assert today.settings["promote_when"] == policy.promote_when


def test_others_keep_the_metric_and_all_else_of_todays():
    policy = Policy(primary_metric="log_loss", floors={"accuracy": 0.5}, group_column="day", margin=0.5)
    for one in contenders_of(policy, AMOUNTS)[2:]:
        assert (one.policy.primary_metric, one.policy.floors, one.policy.group_column) == (
            "log_loss", {"accuracy": 0.5}, "day",
        )  # fmt: skip


def test_the_programs_default_is_the_first_policy():
    default = Policy(promote_when="unless_worse", margin=0.01)
    assert contenders_of(Policy(), AMOUNTS)[2].words == "better"
    found = [one.words for one in contenders_of(Policy(), AMOUNTS, default=default)]
    assert found[2:4] == ["unless worse by more than 0.01", "better"]


@pytest.mark.parametrize(
    ("metric", "value", "amounts"),
    [
        ("accuracy", 0.9, [0.005, 0.01, 0.02]),
        ("rmse", 34.0, [0.3, 0.7, 2.0]),
        ("mae", 0.0, [0.005, 0.01, 0.02]),
    ],
)
def test_amounts_are_in_the_metrics_own_units(metric, value, amounts):
    assert amounts_for(metric, value) == amounts
