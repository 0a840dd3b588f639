"""A real past, end to end: nine months of a world that turns, in the report, the terminal and a run."""

import json

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from predictions.models import RegisteredModel
from scheduling.models import Recipe, Run, Simulation
from scheduling.models.setup.estimators import ESTIMATORS, PARAMETERS
from scheduling.runs.transitions import RunFenced
from scheduling.simulation.registered_past import NothingToPlay, Question
from scheduling.simulation.report.schema import ReportUnreadable, as_stored, from_stored
from scheduling.simulation.simulating import simulate
from scheduling.tasks import TASKS
from scheduling.tests.replay.replays import as_json, command
from scheduling.tests.replay.test_read_only import everything
from scheduling.tests.run_factory import make_running
from scheduling.tests.simulation.past_factory import churn_rows, make_churn, register

pytestmark = pytest.mark.django_db


def played(report, words):
    (one,) = [one for one in report.policies if one.words == words]
    return one


def test_in_a_world_that_turns_to_stand_still_is_told_from_the_rest():
    report = simulate(make_churn(9), Question())
    assert (len(report.periods), report.hindsight, report.metric) == (9, 7, "f1_macro")
    never, always = played(report, "never promote"), played(report, "always promote")
    assert (always.promotions, never.promotions) == (9, 1)
    assert never.regret.mean > 10 * always.regret.mean
    assert never.behind.low > 0
    assert (never.missed_flips.count, always.false_flips.count) == (7, 0)
    assert report.advice.kind == "keep"
    assert from_stored(json.loads(json.dumps(as_stored(report)))) == report


def test_a_policy_that_asks_for_too_much_is_to_be_changed_and_the_settings_are_named():
    policy = {"primary_metric": "accuracy", "promote_when": "better", "least_gain": 0.6}
    model = make_churn(9, drift=0.6, rows=600, **policy)
    report = simulate(model, Question())
    assert played(report, "better by at least 0.6").is_current
    assert report.advice.kind == "change"
    (advised,) = [one for one in report.policies if one.is_recommended]
    assert advised.settings["promote_when"] in report.advice.sentences[0]
    assert not advised.is_current


def test_where_nothing_moves_promoting_is_worth_nothing_and_no_change_is_advised():
    report = simulate(make_churn(8, drift=0.0), Question())
    assert report.advice.kind in ("keep", "too_short")
    assert all(one.regret.mean < 0.02 for one in report.policies)


@pytest.mark.parametrize(("periods", "missing"), [(1, 6), (2, 5), (4, 3)])
def test_a_short_past_says_how_much_is_missing(periods, missing):
    report = simulate(make_churn(periods, rows=100), Question())
    assert (report.advice.kind, report.advice.more) == ("too_short", missing)
    assert not any(one.is_recommended for one in report.policies)


def test_own_margins_and_fewer_periods():
    model = make_churn(4, rows=100, promote_when="not_worse", margin=0.03)
    report = simulate(model, Question(amounts=(0.03, 0.03), last=3))
    found = [one.words for one in report.policies[2:]]
    assert found == [
        "better",
        "unless worse by more than 0.03",
        "shown not to be worse by more than 0.03",
        "better by at least 0.03",
    ]
    assert len(report.periods) == 3


def test_a_period_whose_training_set_is_unfit_has_no_candidate(config):
    model = make_churn(3, rows=100)
    one_label = churn_rows(np.random.default_rng(5), 50, angle=0).assign(left=1)
    register(model, "training", one_label)
    register(model, "evaluation", churn_rows(np.random.default_rng(6), 100, angle=0))
    *_, last = simulate(model, Question()).periods
    assert last.candidate == ""
    assert last.problem


def refused(*arguments):
    with pytest.raises(CommandError) as error:
        call_command("simulate_policies", *arguments)
    assert error.value.returncode == 2
    return str(error.value)


def test_what_cannot_be_played_is_refused_with_the_remedy(config):
    model = make_churn(2, rows=60)
    assert ": churn." in refused("nothing")
    assert ": churn." in refused()
    assert "--candidates" in refused("churn", "--recorded", "--candidates", "recipe", "--disable", "memory")
    assert "--margin" in refused("churn", "--recorded", "--margin", "0.1", "--disable", "memory")
    assert "--recorded" in refused("churn", "--limits", "latency.max_p95_ms=3")
    assert refused("churn", "--since", "2999-01-01")
    assert "recipe" in refused("churn", "--candidates", "versions")
    Recipe.objects.all().delete()
    assert "--candidates versions" in refused("churn", "--candidates", "recipe")
    for path in (config.MEDIA_ROOT / "datasets").rglob("*evaluation*"):
        path.unlink()
    assert "evaluation" in refused("churn")
    model.signatures.all().delete()
    assert "not known yet" in refused("churn")
    bare = RegisteredModel.objects.create(name="bare", title="Bare", public=True)
    with pytest.raises(NothingToPlay):
        simulate(bare, Question())


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "much"])
def test_a_margin_is_a_number_above_0(value):
    make_churn(1, rows=60)
    with pytest.raises(CommandError, match="--margin"):
        call_command("simulate_policies", "churn", f"--margin={value}")


def test_training_files_that_are_gone_leave_nothing_to_play(config):
    make_churn(2, rows=60)
    for path in (config.MEDIA_ROOT / "datasets").rglob("*training*"):
        path.unlink()
    assert "training" in refused("churn")


def test_ctrl_c_ends_in_one_line(monkeypatch):
    make_churn(2, rows=60)

    def interrupted(*given, **how):
        raise KeyboardInterrupt

    monkeypatch.setattr("scheduling.simulation.simulating.play", interrupted)
    with pytest.raises(CommandError) as error:
        call_command("simulate_policies", "churn")
    assert error.value.returncode == 130


def test_the_command_tells_people_and_programs_and_writes_nothing(config):
    make_churn(7, rows=100)
    before = everything(config)
    said, values = command("simulate_policies", "churn"), as_json("simulate_policies", "churn")
    report = from_stored(values)
    assert report.hindsight == 5
    for sentence in report.advice.sentences:
        assert sentence.split()[0] in said
    assert "unless worse by more than 0.01" in said
    assert everything(config) == before


def test_a_run_keeps_the_report_and_ends_with_the_advice():
    run = make_running(make_churn(3, rows=100), task="simulate")
    TASKS["simulate"](run)
    run.refresh_from_db()
    report = from_stored(run.simulation.report)
    assert (run.status, run.decision, run.step) == ("finished", "", "")
    assert run.reason == " ".join(report.advice.sentences)


def test_a_run_that_finds_nothing_to_play_fails_with_the_reason():
    run = make_running(make_churn(0), task="simulate")
    TASKS["simulate"](run)
    run.refresh_from_db()
    assert (run.status, run.decision, Simulation.objects.count()) == ("failed", "", 0)
    assert "churn has no evaluation set" in run.reason


def test_a_run_that_was_cancelled_meanwhile_keeps_nothing():
    run = make_running(make_churn(2, rows=60), task="simulate")
    Run.objects.filter(pk=run.pk).update(status="cancelled", finished_at="2026-01-01T00:00Z")
    with pytest.raises(RunFenced):
        TASKS["simulate"](run)
    assert not Simulation.objects.exists()


@pytest.mark.parametrize("stored", [None, {}, {"model": "churn"}, []])
def test_what_was_not_written_by_the_schema_is_not_read(stored):
    with pytest.raises(ReportUnreadable):
        from_stored(stored)


def test_candidates_without_probabilities_are_played_and_a_metric_that_needs_them_is_told(monkeypatch):
    monkeypatch.setitem(ESTIMATORS, "LinearSVC", "sklearn.svm")
    monkeypatch.setitem(PARAMETERS, "LinearSVC", {"C": "float"})
    model = make_churn(4, rows=100)
    Recipe.objects.update(estimator="LinearSVC", parameters={"C": [1.0]})
    report = simulate(model, Question())
    assert played(report, "always promote").promotions == 4
    model.policy.primary_metric = "log_loss"
    model.policy.save()
    with pytest.raises(NothingToPlay, match=r"no probabilities.* f1_macro"):
        simulate(model, Question())
