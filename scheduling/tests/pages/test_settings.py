"""The tabs of policy and limits: what holds now, in words, and nothing that has no effect."""

import pytest

from predictions.models.people.roles import ROLES, WHAT, give
from predictions.tests.factories import make_person
from scheduling.checks import CHECKS
from scheduling.models import CheckLimit, DataSource, GatePolicy, Recipe
from scheduling.pages.tabs.access import access_tab
from scheduling.pages.tabs.limits import GROUPS, limits_tab
from scheduling.pages.tabs.policy import policy_tab
from scheduling.pages.tabs.setting_shape import values_of

pytestmark = pytest.mark.django_db


def policy_of(model, **columns):
    policy = GatePolicy.objects.of(model)
    for name, value in columns.items():
        setattr(policy, name, value)
    policy.save()
    return dict(pair for block in policy_tab(model, True).blocks for pair in block.values)


def limits_of(model, check):
    (block,) = (one for one in limits_tab(model, True).blocks if one.heading == check.title)
    return dict(block.values)


def test_a_margin_is_told_only_where_it_counts(iris):
    better = policy_of(iris, promote_when="better", least_gain=0.02, margin=0.01)
    assert better["Gain that is asked for, at least"] == "0.02 of f1_macro"
    assert "Loss that is accepted, at most (margin)" not in better
    relative = policy_of(iris, promote_when="not_worse", relative=True)
    assert relative["Loss that is accepted, at most (margin)"] == "1 % of the live version's value"
    assert "Gain that is asked for, at least" not in relative


def test_without_a_watch_its_tolerances_are_not_told(iris):
    none = policy_of(iris, bake_minutes=0)
    assert none["Watched for"] == "not at all: nothing is rolled back by itself"
    assert "Callers without a token" not in none
    watched = policy_of(iris, bake_minutes=60)
    assert watched["Watched for"] == "60 minutes"
    assert watched["Share of failed requests may rise by"] == "2 percentage points"


def test_options_of_a_metric_are_told_where_it_is_used(iris):
    assert "Least probability that log loss counts" not in policy_of(iris, floors={})
    assert policy_of(iris, floors={"log_loss": 0.4})["Least probability that log loss counts"] == "0.01"


def test_each_limit_of_each_check_is_shown_with_its_unit_and_whose_it_is(iris):
    latency = next(check for check in CHECKS if check.id == "latency")
    CheckLimit.objects.filter(registered_model=iris).delete()
    p95 = "Time within which 95 % of the predictions are answered (p95), at most"
    assert limits_of(iris, latency)[p95] == "100 ms (default)"
    row = CheckLimit(registered_model=iris, check_id="latency", limits={"max_p95_ms": 80}, blocking=False)
    row.save()
    found = limits_of(iris, latency)
    assert found[p95] == "80 ms (set for this model)"
    assert found["A failure"] == "is only reported (set for this model)"
    for check in CHECKS:
        assert len(limits_of(iris, check)) == len(check.limits) + 1
    row.enabled = False
    row.save()
    assert limits_of(iris, latency)["Asked"] == "no, it is switched off"


def test_who_may_not_change_a_limit_is_not_led_to_its_form(iris):
    assert {block.href for block in limits_tab(iris, False).blocks} == {""}
    assert all(block.href for block in limits_tab(iris, True).blocks)


def test_each_check_is_in_one_group_and_what_differs_is_marked(iris):
    assert sorted(one for checks in GROUPS.values() for one in checks) == sorted(one.id for one in CHECKS)
    CheckLimit.objects.filter(registered_model=iris).delete()
    assert not any(block.changed for block in limits_tab(iris, True).blocks)
    CheckLimit.objects.create(
        registered_model=iris, check_id="latency", limits={"max_p95_ms": 80}, enabled=False, blocking=False
    )
    (block,) = (one for one in limits_tab(iris, True).blocks if one.changed)
    assert len(block.changed) == 3
    assert block.changed <= dict(block.values).keys()


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        ({"kind": "refit"}, {"kind", "name template"}),
        ({"kind": "trainer", "trainer": "mine"}, {"kind", "name template", "trainer"}),
        ({"kind": "search", "parameters": {"C": [1]}},
         {"kind", "name template", "parameters", "method", "trials", "seconds", "folds"}),
    ],
)  # fmt: skip
def test_of_a_recipe_what_its_kind_takes_is_shown(columns, shown):
    recipe = Recipe(**{"name_template": "n-{run}"} | columns)
    assert {name for name, _ in values_of(recipe)} == shown


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        ({"hold_out": "own"}, {"hold out"}),
        ({"hold_out": "random"}, {"hold out", "hold out share", "seed", "minimum rows", "label delay days"}),
        ({"kind": "files", "root": "r", "pattern": "p", "hold_out": "own"},
         {"hold out", "folder", "files", "minimum rows", "label delay days"}),
        ({"role": "evaluation", "hold_out": "own"}, set()),
    ],
)  # fmt: skip
def test_of_a_source_what_its_kind_and_hold_out_take_is_shown(columns, shown):
    assert {name for name, _ in values_of(DataSource(**columns))} == {"role", "kind"} | shown


def test_access_tells_what_each_role_may_and_where_a_token_is_made(iris):
    boss, bob = make_person("boss", is_superuser=True), make_person("bob")
    give(bob, {"approver"}, iris)
    found = access_tab(iris, boss)
    assert [value for _, value in found.blocks[0].values] == ["nobody", "nobody", "nobody", "bob"]
    assert WHAT.keys() == ROLES.keys()
    assert [href for _, href in found.links] == ["/admin/knox/authtoken/add/"]
    assert (access_tab(iris, bob).links, access_tab(iris, bob).blocks) == ([], [])
