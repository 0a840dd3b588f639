"""Which runs prune removes, and which stay."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command

from predictions.models import ModelVersion
from predictions.tests.factories import make_live, make_model, make_person, make_version
from scheduling.approvals.approvals import lapse_outdated, refuse
from scheduling.models import (
    ApprovalAnswer,
    ApprovalRequest,
    CheckResult,
    Run,
    Simulation,
    TrainingOutput,
    Watch,
)
from scheduling.operations.retention import prune
from scheduling.tests.operations.retention.old import NOW, OLD, ended, old_version, remaining
from scheduling.tests.run_factory import EPOCH, make_awaiting, make_run, make_running
from scheduling.tests.watch_factory import watched

pytestmark = pytest.mark.django_db


def test_old_runs_go_with_their_results_and_the_last_stay(wine):
    runs = [ended(wine) for _ in range(7)]
    done = prune(wine, now=NOW)
    assert done.runs == 5
    assert remaining() == {run.pk for run in runs[-2:]}
    assert CheckResult.objects.count() == 2


def test_the_last_of_each_task_stay_however_many_another_has_made(wine):
    retrains = [ended(wine, task="retrain") for _ in range(3)]
    columns = {"registered_model": wine, "trigger": "watch", "status": "finished", "finished_at": OLD}
    Run.objects.bulk_create(Run(task="watch", **columns) for _ in range(1440))
    assert prune(wine, now=NOW).runs == 1439
    assert {run.pk for run in retrains[-2:]} <= remaining()
    assert Run.objects.filter(task="watch").count() == 2


def test_the_run_that_acted_on_a_watch_stays_for_ever(wine):
    make_live(make_version(wine, "a"))
    watched(wine)
    promotion = make_live(make_version(wine, "b"))
    acted = ended(wine, task="watch")
    Watch.objects.filter(promotion=promotion).update(run=acted)
    for _ in range(4):
        ended(wine, task="watch")
    prune(wine, now=NOW)
    assert acted.pk in remaining()


def test_young_and_unfinished_runs_stay(wine, config):
    config.RUN_RETENTION_DAYS = 30
    young = [ended(wine, at=NOW - timedelta(days=29)), make_run(wine), make_running(wine)]
    old = ended(wine, at=NOW - timedelta(days=31))
    for _ in range(2):
        ended(wine)
    prune(wine, now=NOW)
    assert {run.pk for run in young} <= remaining()
    assert old.pk not in remaining()


def test_the_run_of_a_promotion_stays_for_ever(wine):
    promotion = make_live(make_version(wine, "a"))
    promoted = ended(wine, decision="promoted", promotion=promotion, candidate=promotion.version)
    for _ in range(4):
        ended(wine)
    prune(wine, now=NOW)
    assert promoted.pk in remaining()
    assert promoted.results.count() == 1


def test_another_models_runs_are_not_touched(wine):
    other = [ended(make_model("beer")).pk for _ in range(1)]
    for _ in range(4):
        ended(wine)
    prune(wine, now=NOW)
    assert set(other) <= remaining()


def test_the_task_says_what_went(wine, config):
    config.RUN_RETENTION_DAYS = 30
    for _ in range(4):
        ended(wine)
    run = make_running(wine, task="prune")
    call_command("runjob", str(run.pk), epoch=EPOCH)
    run.refresh_from_db()
    assert (run.status, run.decision) == ("finished", "")
    assert [int(n) for n in re.findall(r"\b\d+(?= [a-z])", run.reason)] == [0, 2, 0, 0, 0, 0]


def test_what_a_person_is_asked_or_has_refused_stays_and_what_lapsed_goes(wine, config):
    waits, refused, lapsed = (
        make_awaiting(wine, old_version(wine, name), started_at=OLD)
        for name in ("waits", "refused", "lapsed")
    )
    refuse(refused, user=make_person(), reason="No.")
    ApprovalRequest.objects.filter(run=lapsed).update(expires_at=NOW, asked_at=OLD)
    assert lapse_outdated(wine) == 1
    Run.objects.update(finished_at=OLD)
    for _ in range(3):
        ended(wine)
        old_version(wine, f"newer-{_}")
    prune(wine, now=NOW)
    assert {waits.pk, refused.pk} <= remaining()
    assert lapsed.pk not in remaining()
    assert set(ApprovalAnswer.objects.values_list("request__run", flat=True)) == {refused.pk}
    assert [ModelVersion.objects.get(name=name).retired_at for name in ("waits", "refused")] == [None, NOW]


def test_the_report_of_an_old_simulation_goes_with_its_run(wine):
    for _ in range(3):
        run = make_running(wine, task="simulate", status="finished", finished_at=OLD)
        Simulation.objects.create(run=run, report={})
        TrainingOutput.objects.create(run=run, text="1")
    prune(wine, now=NOW)
    assert Simulation.objects.count() == TrainingOutput.objects.count() == Run.objects.count() == 2
