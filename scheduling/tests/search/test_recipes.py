"""A recipe of the kind search: from the live pipeline, or an estimator of the list, to a candidate."""

import io

import joblib
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from predictions.models import ModelVersion
from predictions.registry import artefacts
from predictions.registry.datasets import Tables
from predictions.registry.promotion import Approval, promote
from predictions.registry.registration import register_estimator
from scheduling.models import GatePolicy, Recipe, Trial
from scheduling.models.setup.recipe import RecipeInvalid
from scheduling.runs import drafts
from scheduling.search import searching
from scheduling.search.rows import GROUP, RANDOM, TIME
from scheduling.tests.run_factory import make_running
from scheduling.tests.search.test_searching import of_threads
from scheduling.training.by_search import rows_of
from scheduling.training.job import Job
from scheduling.training.reporting import report_of
from scheduling.training.training import train_candidate


@pytest.fixture(autouse=True)
def _threads(monkeypatch):
    monkeypatch.setattr(searching, "opened", lambda: of_threads(2))


def set_recipe(model, **columns):
    Recipe.objects.filter(registered_model=model).delete()
    recipe = Recipe(**{"registered_model": model, "kind": "search", "search_trials": 4} | columns)
    recipe.full_clean()
    recipe.save()


def fitted_anew(version):
    return joblib.load(io.BytesIO(artefacts.read(version.artefact, sha256=version.artefact_sha256)))


def test_an_estimator_of_the_list_is_searched_and_its_trials_are_kept(iris):
    set_recipe(
        iris,
        estimator="DecisionTreeClassifier",
        parameters={"max_depth": [1, 3, -1]},
        name_template="t{max_depth}-{run}",
    )
    run = make_running(iris)
    version = train_candidate(iris, run=run.pk, tables=Tables(), report=report_of(run))
    assert (version.name, version.source) == (f"t3-{run.pk}", ModelVersion.Source.TRAINED)
    assert version.params["max_depth"] == 3
    trials = {trial.parameters["max_depth"]: trial for trial in run.trials.all()}
    assert {depth: trial.state for depth, trial in trials.items()} == {
        1: "complete",
        3: "complete",
        -1: "failed",
    }
    assert (trials[-1].mean, trials[-1].scores) == (None, [])
    assert len(trials[3].scores) == 3
    assert trials[3].mean == pytest.approx(sum(trials[3].scores) / 3)
    assert trials[3].metric == GatePolicy.objects.of(iris).primary_metric
    assert run.trials.all().best() == trials[3]
    run.refresh_from_db()
    assert run.step.endswith("proving that it answers alike")
    assert len(run.notes) == 1
    assert not list((drafts.config.MEDIA_ROOT / drafts.FOLDER).iterdir())


def test_the_live_pipeline_keeps_all_that_is_not_searched(iris):
    tables, signature = Tables(), iris.signatures.get()
    frame = tables.of(iris.datasets.get(role="training")).frame(signature.spec())
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(tol=0.01)).fit(
        frame[list(signature.spec().names)], frame["species"]
    )
    live = register_estimator(
        estimator=pipeline, name="ours", signature=signature, source="trained", created_by="a test",
        evaluation=tables.of(iris.datasets.get(role="evaluation")),
        training=iris.datasets.get(role="training"),
    )  # fmt: skip
    promote(version=live, replacing=None, approval=Approval(by="a test", reason="first"))
    set_recipe(iris, parameters={"logisticregression__C": [1e-6, 1.0]}, search_method="halving")
    run = make_running(iris)
    version = train_candidate(iris, run=run.pk, tables=Tables(), report=report_of(run))
    estimator = fitted_anew(version)
    assert [type(step).__name__ for _, step in estimator.steps] == ["StandardScaler", "LogisticRegression"]
    assert (estimator[-1].C, estimator[-1].tol) == (1.0, 0.01)
    assert Trial.objects.count() == 2


def test_a_parameter_that_does_not_exist_ends_the_run_with_its_name(iris):
    set_recipe(iris, estimator="DecisionTreeClassifier", parameters={"max_depth": [1]})
    Recipe.objects.update(parameters={"depth": [1]})  # as an older scikit-learn might have called it
    run = make_running(iris)
    with pytest.raises(RecipeInvalid, match="depth"):
        train_candidate(iris, run=run.pk, tables=Tables(), report=report_of(run))


@pytest.mark.parametrize(
    ("snapshot", "group_column", "rule"),
    [
        ({}, "", RANDOM),
        ({}, "sepalwidth", GROUP),
        ({}, "town", RANDOM),
        ({"hold_out": {"rule": "time", "column": "sepallength"}}, "", TIME),
        ({"hold_out": {"rule": "group", "column": "sepalwidth"}}, "", GROUP),
        ({"hold_out": {"rule": "random"}, "time_column": "sepallength"}, "", RANDOM),
        ({"time_column": "sepallength"}, "sepalwidth", TIME),
    ],
)
def test_folds_follow_the_rule_that_held_out_the_evaluation_rows(iris, snapshot, group_column, rule):
    training = iris.datasets.get(role="training")
    training.snapshot = snapshot
    spec = iris.signatures.get().spec()
    job = Job(registered_model=iris, run=1, spec=spec, training=training, tables=Tables())
    rows = rows_of(job, spec, group_column=group_column)
    assert rows.rule == rule
    assert (rows.by is None) == (rule == RANDOM)
    assert len(rows.features) == 105
