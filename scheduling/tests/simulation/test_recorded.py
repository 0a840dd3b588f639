"""Which past decisions would have come out otherwise: looser and tighter limits, other policies."""

import pytest

from scheduling.models import CheckLimit, Run
from scheduling.simulation.recorded import tables
from scheduling.tests.replay.replays import as_json, command, forget_rehearsal, judged, tamper
from scheduling.tests.run_factory import make_run
from scheduling.tests.version_factory import make_twin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]


@pytest.fixture
def runs(iris, live, strong, forests):
    """A promotion; then one that is blocked by a limit; then one that cannot be told from the champion."""
    first = judged(iris, strong)
    tight = CheckLimit.objects.create(registered_model=iris, check_id="latency", limits={"max_p95_ms": 1})
    twin = make_twin(iris, forests)
    second = judged(iris, twin)
    tight.delete()
    third = judged(iris, twin)
    found = [first, second, third]
    assert [run.decision for run in found] == ["promoted", "blocked", "cannot_tell"]
    return found


def decisions(values):
    return [(one["then"]["kind"], one["now"]["kind"]) for one in values["runs"]]


def turned(values):
    return [[(one["check"], one["then"], one["now"]) for one in run["turned"]] for run in values["runs"]]


def test_tighter_limits_let_fewer_by(runs):
    values = as_json("simulate_policies", "--recorded", "--limits", "latency.max_p95_ms=3")
    assert decisions(values) == [("promoted", "blocked"), ("blocked", "blocked"), ("cannot_tell", "blocked")]
    assert turned(values) == [[("latency", "pass", "fail")], [], [("latency", "pass", "fail")]]
    found = runs[0].results.get(check_id="latency").message
    assert values["runs"][0]["turned"][0]["found"] not in ("", found)
    assert values["summary"] == {
        "runs": 3, "replayed": 3, "otherwise": 2, "promotions_fewer": 1, "promotions_more": 0,
    }  # fmt: skip


def test_looser_limits_let_more_by(runs):
    values = as_json("simulate_policies", "--recorded", "--limits", "latency.max_p95_ms=50")
    assert decisions(values) == [
        ("promoted", "promoted"),
        ("blocked", "cannot_tell"),
        ("cannot_tell", "cannot_tell"),
    ]
    assert turned(values) == [[], [("latency", "fail", "pass")], []]


def test_a_policy_that_takes_not_worse(runs):
    values = as_json(
        "simulate_policies", "--recorded", "--policy", "promote_when=not_worse", "--policy", "margin=0.2"
    )
    assert decisions(values) == [
        ("promoted", "promoted"),
        ("blocked", "blocked"),
        ("cannot_tell", "promoted"),
    ]
    assert turned(values)[2] == [("evaluation_metrics", "too close to call", "not worse")]
    assert values["summary"]["promotions_more"] == 1


def test_a_policy_alone_may_turn_a_decision(runs):
    values = as_json("simulate_policies", "--recorded", "--policy", "approval=never", "--last", 3)
    assert decisions(values)[0] == ("promoted", "would_promote")
    assert (turned(values)[0], values["summary"]["promotions_fewer"]) == ([], 0)
    assert f"none: {values['runs'][0]['now']['reason'][:10]}" in command(
        "simulate_policies", "--recorded", "--policy", "approval=never"
    )


@pytest.mark.parametrize("option", ["--disable", "--not-blocking"])
def test_a_check_that_is_off_or_does_not_block(runs, option):
    values = as_json("simulate_policies", "--recorded", option, "latency")
    assert decisions(values)[1] == ("blocked", "cannot_tell")
    now = {"--disable": "not asked", "--not-blocking": "fail, not blocking"}[option]
    assert turned(values)[1] == [("latency", "fail", now)]


def test_another_metric_and_floors(runs):
    values = as_json(
        "simulate_policies",
        "--recorded",
        "--policy",
        "primary_metric=accuracy",
        "--policy",
        'floors={"accuracy": 0.99}',
    )
    assert [now for _, now in decisions(values)] == ["blocked"] * 3
    assert ("absolute_floors", "pass", "fail") in turned(values)[0]


def test_groups_are_another_reading_of_the_rows(runs):
    values = as_json("simulate_policies", "--recorded", "--policy", "group_column=nowhere")
    assert decisions(values)[0] == ("promoted", "cannot_tell")
    assert [one["check"] for one in values["runs"][0]["turned"]].count("evaluation_metrics") == 1


def test_it_says_so_to_people(runs):
    said = command("simulate_policies", "--recorded", "--limits", "latency.max_p95_ms=3")
    assert "latency.max_p95_ms = 3" in said
    assert "latency: pass → fail (" in said
    assert " 2 of 3" in said
    assert " 1 fewer, 0 more" in said
    assert tables.CANNOT_SAY[:80] in said


def test_which_runs_are_asked(runs, iris, live):
    make_run(iris)
    other = type(iris).objects.create(name="other", title="Other")
    judged_ids = [run.pk for run in runs]

    def ids(*arguments):
        return [
            one["run"]
            for one in as_json("simulate_policies", "--recorded", "--disable", "memory", *arguments)["runs"]
        ]

    assert ids() == ids("iris") == ids("--since", "2000-01-01") == judged_ids
    assert ids("--last", 2) == judged_ids[1:]
    assert ids("--since", "2999-01-01T10:00") == ids(other.name) == []


def test_a_run_that_cannot_be_replayed_is_counted_and_told(runs, strong, config):
    (config.MEDIA_ROOT / strong.artefact).unlink()
    said = command("simulate_policies", "--recorded", "--limits", "latency.max_p95_ms=3")
    assert " 1 of 2" in said
    assert " 0 fewer, 0 more" in said
    assert f"(run {runs[0].pk})" in said
    assert strong.artefact in said


def test_one_that_is_decided_otherwise_with_nothing_changed_says_nothing(runs):
    evidence = Run.objects.get(pk=runs[0].pk).evidence
    evidence["gate"]["kind"] = "kept"
    Run.objects.filter(pk=runs[0].pk).update(evidence=evidence)
    problem = as_json("simulate_policies", "--recorded", "--disable", "memory")["runs"][0]["problem"]
    assert "(kept then, promoted now)" in problem


def test_figures_that_were_rewritten_are_not_what_it_judges_by(runs):
    measured = runs[0].results.get(check_id="latency").measured
    tamper(runs[0], "latency", measured=measured | {"p95_ms": 0.1})
    assert turned(as_json("simulate_policies", "--recorded", "--limits", "latency.max_p95_ms=3"))[0] == [
        ("latency", "pass", "fail")
    ]


def test_limits_of_what_was_not_kept_cannot_be_asked(runs):
    forget_rehearsal(runs[0])
    first = as_json("simulate_policies", "--recorded", "--limits", "latency.max_p95_ms=3")["runs"][0]
    assert (first["then"], first["now"], first["otherwise"]) == (None, None, None)
    assert first["problem"].startswith("latency ")
    assert (
        as_json("simulate_policies", "--recorded", "--not-blocking", "latency")["runs"][0]["now"]["kind"]
        == "promoted"
    )
