"""Runs of older versions recorded less: what is assumed is told, and what was not kept stands as it was."""

import pytest

from conftest import FIXTURES
from predictions.registry import artefacts, datasets
from scheduling.models import Look, Run
from scheduling.rehearsal import NoAnswer
from scheduling.tests.problem_factory import set_policy
from scheduling.tests.replay.replays import (
    as_json,
    assert_same,
    command,
    forget,
    how,
    judged,
    make_older,
    replayed,
    rewrite,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]


def test_it_is_replayed_but_for_what_the_rehearsal_measured(iris, live, strong):
    again = replayed(make_older(judged(iris, strong)))
    assert again.differences == []
    assert again.decision.kind == "promoted"
    unable = {name for name, one in how(again).items() if one == "NOT_REPLAYABLE"}
    assert unable == {"contract", "parity", "latency", "memory"}
    assert again.record.assumed == ["the named slices are those of the outcome"]


def test_what_is_assumed_is_told(iris, live, strong):
    content = (FIXTURES / "evaluation.csv").read_bytes()
    datasets.register(registered_model=iris, role="reference", content=content)
    run = make_older(judged(iris, strong))
    datasets.register(registered_model=iris, role="reference", content=content + b"5.0,3.4,1.5,0.2,0\n")
    said = command("replay_run", run.pk)
    assert "Assumed, for the run did not record it: the reference set was the newest of then" in said
    assert "what the rehearsal measured was not kept" in said


def test_a_rehearsal_that_failed_is_told_by_its_outcomes(iris, live, strong, monkeypatch):
    def hangs(*arguments, **champion):
        raise NoAnswer("no answer within 5 s")

    monkeypatch.setattr("scheduling.judging.evidence.rehearse", hangs)
    run = make_older(judged(iris, strong))
    monkeypatch.undo()
    again = replayed(run)
    assert again.differences == []
    assert how(again)["parity"] == "JUDGED_AGAIN"


def test_the_gates_decision_is_read_from_the_reason_of_a_flip_that_was_refused(iris, live, strong):
    iris.hold(by="ann", reason="a test")
    run = judged(iris, strong)
    then = run.evidence["gate"]
    forget(run, "gate")
    again = replayed(run)
    assert (again.record.decision.kind, again.record.decision.reason) == ("promoted", then["reason"])
    assert again.differences == []
    assert "why the flip was refused" in again.record.assumed[0]


def test_the_gates_decision_is_that_which_a_person_answered(iris, live, strong):
    set_policy(iris, approval="by_person")
    run = judged(iris, strong)
    Run.objects.settle(run, decision="refused")
    forget(run, "gate")
    assert replayed(run).decision.kind == "awaiting_approval"


def test_the_look_is_the_ledgers_of_looks(iris, live, strong):
    iris.hold(by="ann", reason="a test")
    runs = [judged(iris, strong) for _ in range(2)]
    for run in runs:
        forget(run, "looks")
    assert [replayed(run).record.case.looks for run in runs] == [0, 1]
    Look.objects.filter(run=runs[1]).update(run=None)
    assert assert_same(runs[1]).record.case.looks == 1  # the outcome says so, too


def test_a_policy_and_a_check_that_had_less_get_todays_defaults(iris, live, strong):
    run = judged(iris, strong)
    evidence = Run.objects.get(pk=run.pk).evidence
    del evidence["policy"]["pinball_quantile"]
    del evidence["limits"]["latency"]["max_load_seconds"]
    Run.objects.filter(pk=run.pk).update(evidence=evidence)
    assert replayed(run).record.assumed == [
        "the policy's defaults for what it did not have then: pinball_quantile",
        "the defaults of latency for what it did not have then: max_load_seconds",
    ]


def test_evidence_that_could_not_be_kept_leaves_the_outcomes(iris, live, strong, monkeypatch):
    def full(content, **where):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(artefacts, "store", full)
    run = judged(iris, strong)
    again = replayed(run)
    assert how(again)["latency"] == "NOT_REPLAYABLE"
    assert again.differences == []


def test_what_a_rehearsal_did_not_measure_yet_is_asked_of_none_but_its_check(iris, live, strong):
    run = judged(iris, strong)
    rewrite(run, lambda kept: remove(kept["rehearsal"], "together"))
    again = replayed(run)
    unable = {check.id: check.why for check in again.checks if check.how.name == "NOT_REPLAYABLE"}
    assert unable == {"parity": "the rehearsal did not measure it yet: together"}
    assert (again.differences, again.decision.kind) == ([], "promoted")
    (tested,) = as_json("backtest", "--limits", "latency.max_p95_ms=3")["runs"]
    assert tested["now"]["kind"] == "blocked"
    (tested,) = as_json("backtest", "--limits", "parity.max_label_differences=3")["runs"]
    assert tested["problem"] == (
        "parity cannot be asked by other limits: the rehearsal did not measure it yet: together"
    )


def test_a_rehearsal_of_another_form_leaves_the_outcomes(iris, live, strong):
    run = judged(iris, strong)
    rewrite(run, lambda kept: kept["rehearsal"].update(seconds="fast"))
    again = replayed(run)
    assert how(again)["latency"] == "NOT_REPLAYABLE"
    assert "what the rehearsal measured cannot be read: ValidationError" in again.checks[4].why


def remove(rehearsal, name):
    for one in (rehearsal, rehearsal["champion"]):
        del one[name]
