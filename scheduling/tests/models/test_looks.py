"""Looks at an evaluation set are counted with the outcome, once each, and outlive the run."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from conftest import FIXTURES
from predictions.models.base import ImmutableRow
from predictions.registry import datasets
from scheduling.checks import CHECKS
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.judging.judge import judge
from scheduling.models import CheckResult, Look, Run
from scheduling.operations import retention
from scheduling.runs.transitions import RunFenced
from scheduling.statistics.comparison.verdict import alpha_at
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live, make_twin

pytestmark = pytest.mark.usefixtures("api", "rehearsed")


def judged(model, candidate):
    run = make_running(model)
    judge(run, candidate)
    run.refresh_from_db()
    return run


def look_of(run):
    return run.results.get(check_id="evaluation_metrics").measured["look"]


def spend(model, number, **columns):
    evaluation = model.datasets.filter(role="evaluation").latest("pk")
    defaults = {
        "candidate": "1.1",
        "champion": "1.0",
        "metric": "f1_macro",
        "alpha": 0.01,
        "margin_factor": 1,
    }
    return Look.objects.create(evaluation_dataset=evaluation, number=number, **defaults | columns)


def test_a_look_is_counted_with_its_outcome(iris, live, strong):
    run = judged(iris, strong)
    look = Look.objects.get()
    assert (look.evaluation_dataset, look.number, look.run) == (iris.datasets.get(role="evaluation"), 1, run)
    assert (look.candidate, look.champion, look.metric) == ("1.1", "1.0", "f1_macro")
    assert (look.alpha, look.margin_factor) == (alpha_at(1, 0.05), 1.0)
    assert look_of(run)["counted"] is True
    assert str(look).endswith(" 1 of iris evaluation (45 rows)")


def test_the_same_candidate_again_is_a_further_look(iris, live, strong, monkeypatch):
    iris.hold(by="ann", reason="a test")
    for number in (1, 2, 3):
        run = judged(iris, strong)
        assert (run.decision, look_of(run)["number"]) == ("kept", number)
        assert look_of(run)["alpha"] == alpha_at(number, 0.05)
    assert list(Look.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_one_that_could_not_be_better_is_not_counted(iris, weak, strong, forests):
    make_live(weak)
    make_live(strong)
    run = judged(iris, make_twin(iris, forests))
    assert (run.decision, look_of(run)["number"], look_of(run)["counted"]) == ("cannot_tell", 1, False)
    assert not Look.objects.exists()


def test_fresh_labels_begin_again(iris, live, strong):
    spend(iris, 40)
    content = (FIXTURES / "training.csv").read_bytes()
    datasets.register(registered_model=iris, role="evaluation", content=content)
    assert look_of(judged(iris, strong))["number"] == 1


def test_the_same_rows_in_another_order_do_not(iris, live, strong):
    iris.hold(by="ann", reason="a test")
    spend(iris, 40)
    assert look_of(judged(iris, strong))["number"] == 41  # an older set is known when it was judged on
    header, *rows = (FIXTURES / "evaluation.csv").read_bytes().splitlines(keepends=True)
    for content in (b"".join([header, *reversed(rows)]), b"".join([header, *rows, rows[3]])):
        datasets.register(registered_model=iris, role="evaluation", content=content)
        number = Look.objects.latest("pk").number + 1
        assert look_of(judged(iris, strong))["number"] == number
    assert list(Look.objects.values_list("number", flat=True).order_by("number")) == [40, 41, 42, 43]
    assert Look.objects.values("first_set").distinct().count() == 1


def test_the_same_file_again_is_as_worn_as_it_was(iris, live, strong):
    spend(iris, 40)
    content = (FIXTURES / "evaluation.csv").read_bytes()
    datasets.register(registered_model=iris, role="evaluation", content=content)
    assert look_of(judged(iris, strong))["number"] == 41


def test_of_two_runs_at_once_the_slower_is_asked_again_at_the_next_alpha(iris, live, strong, monkeypatch):
    asked, compare = [], EvaluationMetrics.run

    def another_is_quicker(check, evidence):
        asked.append(evidence.looks)
        if len(asked) == 1:
            spend(iris, 1)
        return compare(check, evidence)

    monkeypatch.setattr(EvaluationMetrics, "run", another_is_quicker)
    run = judged(iris, strong)
    assert asked == [0, 1]
    assert (look_of(run)["number"], look_of(run)["alpha"]) == (2, alpha_at(2, 0.05))
    assert (Look.objects.get(run=run).number, run.results.count()) == (2, len(CHECKS))


def test_a_run_that_is_fenced_off_spends_nothing(iris, live, strong, monkeypatch):
    run, compare = make_running(iris), EvaluationMetrics.run

    def cancelled(check, evidence):
        Run.objects.cancel(run, reason="a test")
        return compare(check, evidence)

    monkeypatch.setattr(EvaluationMetrics, "run", cancelled)
    with pytest.raises(RunFenced):
        judge(run, strong)
    assert not Look.objects.exists()
    assert not CheckResult.objects.filter(check_id="evaluation_metrics").exists()


def test_what_a_set_has_lost_does_not_come_back_when_the_run_is_pruned(iris, live, strong, monkeypatch):
    iris.hold(by="ann", reason="a test")
    run = judged(iris, strong)
    monkeypatch.setattr(retention, "KEEP_LAST", 0)
    later = timezone.now() + timedelta(days=400)
    assert retention.prune(iris, now=later).runs == 1
    assert not Run.objects.filter(pk=run.pk).exists()
    look = Look.objects.get()
    assert (look.run, look.number, look.candidate) == (None, 1, "1.1")
    assert Look.objects.spent(look.evaluation_dataset) == 1


def test_a_look_is_written_once(iris):
    look = spend(iris, 1)
    with pytest.raises(ImmutableRow):
        look.save()
    with pytest.raises(ImmutableRow):
        look.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        spend(iris, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        spend(iris, 0)


@pytest.mark.parametrize(("factor", "worn"), [(1.99, False), (2.0, True)])
def test_it_says_when_fresh_labels_are_due(iris, factor, worn):
    look = spend(iris, 65, margin_factor=factor)
    assert look.is_worn is worn
    assert f"{factor:.2f}" in look.sentence
    assert " 65 " in look.sentence
