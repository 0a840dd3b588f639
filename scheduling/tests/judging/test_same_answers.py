"""A retrained candidate that is the champion again is kept without a check; others are judged."""

import numpy as np
import pytest

from predictions.registry.datasets import Tables
from scheduling.judging import answers, same_answers
from scheduling.judging import judge as judge_module
from scheduling.judging.answers import known_own_answers
from scheduling.judging.judge import judge
from scheduling.judging.same_answers import same_as
from scheduling.models import Look
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live, make_twin

pytestmark = pytest.mark.django_db


@pytest.fixture
def evaluation(iris):
    return Tables().of(iris.datasets.filter(role="evaluation").first())


def retrained(model, candidate):
    run = make_running(model, task="retrain")
    judge(run, candidate)
    run.refresh_from_db()
    return run


def unasked(*args):
    raise AssertionError("this is the expensive part")


def test_the_very_artefact_is_kept_without_a_check(iris, strong, monkeypatch):
    monkeypatch.setattr(judge_module, "gather", unasked)
    make_live(strong)
    run = retrained(iris, strong)
    assert (run.status, run.decision, run.candidate, run.champion) == ("finished", "kept", strong, strong)
    assert strong.label in run.reason
    assert not run.results.exists()
    assert not Look.objects.exists()


def test_so_is_one_that_answers_every_row_alike(iris, strong, forests, monkeypatch):
    monkeypatch.setattr(judge_module, "gather", unasked)
    make_live(strong)
    twin = make_twin(iris, forests)
    assert twin.artefact_sha256 != strong.artefact_sha256
    run = retrained(iris, twin)
    assert (run.decision, run.results.count()) == ("kept", 0)


def test_one_other_answer_is_enough_to_be_judged(strong, weak, evaluation):
    assert same_as(weak, strong, evaluation) == ""


@pytest.fixture
def asked(monkeypatch):
    """How many rows the champion was asked for, each time."""
    counts = []

    def own_answers(version, rows):
        counts.append(len(rows))
        return answers.own_answers(version, rows)

    monkeypatch.setattr(same_answers, "own_answers", own_answers)
    return counts


def test_where_the_first_rows_differ_no_others_are_asked(strong, weak, evaluation, asked, monkeypatch):
    known_own_answers(weak, evaluation)
    monkeypatch.setattr(same_answers, "FIRST", 20)
    assert same_as(weak, strong, evaluation) == ""
    assert asked == [20]


def test_few_rows_are_asked_once(iris, strong, forests, evaluation, asked):
    """An upload's answers cost a sandbox each time."""
    assert same_as(make_twin(iris, forests), strong, evaluation)
    assert asked == [45]


def test_a_probability_that_differs_is_another_answer(iris, strong, forests, evaluation):
    twin = make_twin(iris, forests)
    assert same_as(twin, strong, evaluation)
    known = known_own_answers(twin, evaluation)
    moved = known.probabilities.copy()
    moved[0] += np.array([1e-6, -1e-6, 0])[: moved.shape[1]]
    evaluation.own[twin.artefact_sha256, twin.signature.spec()] = type(known)(known.outputs, moved)
    assert same_as(twin, strong, evaluation) == ""


def test_a_champion_that_cannot_be_read_is_judged_as_any(iris, strong, forests, evaluation, config, tmp_path):
    twin = make_twin(iris, forests)
    known_own_answers(twin, evaluation)
    config.MEDIA_ROOT = tmp_path
    assert same_as(twin, strong, evaluation) == ""


@pytest.mark.usefixtures("api", "rehearsed")
def test_what_a_person_wants_validated_is_asked_every_check(iris, strong):
    make_live(strong)
    run = make_running(iris, task="validate")
    judge(run, strong)
    assert run.results.exists()
