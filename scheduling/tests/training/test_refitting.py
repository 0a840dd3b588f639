"""The live version's pipeline, fitted on new rows with all its parameters, whatever it is made of."""

import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from predictions.models import ModelVersion
from predictions.registry.compiling import compile_and_prove
from predictions.registry.datasets import Tables
from predictions.registry.registration import register_estimator, register_files
from predictions.tests.factories import make_live
from scheduling.models import Recipe
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.training.fitting import fit, labelled
from scheduling.training.job import Report
from scheduling.training.refusals import NotPrepared, TrainingFailed
from scheduling.training.training import train_candidate
from scheduling.uploads import hosting


@pytest.fixture
def model(iris):
    """A registered model to which nobody has added a recipe."""
    Recipe.objects.all().delete()
    return iris


def refit(model, **columns):
    return train_candidate(model, run=9, tables=Tables(), **columns)


def rows_of(model, role="training"):
    spec = model.signatures.get().spec()
    return Tables().of(model.datasets.get(role=role)).frame(spec), spec


def live(model, estimator):
    """Fit it on the training rows, and make it live as what our trainer made."""
    frame, spec = rows_of(model)
    estimator.fit(*labelled(frame, spec))
    version = register_estimator(
        estimator=estimator, name="first", signature=model.signatures.get(), source="trained",
        evaluation=Tables().of(model.datasets.get(role="evaluation")), created_by="a test",
        training=model.datasets.get(role="training"), host=hosting.OWN,
    )  # fmt: skip
    make_live(version)
    return version


def uploaded(model, estimator):
    """The same, as what somebody uploaded."""
    frame, spec = rows_of(model)
    estimator.fit(*labelled(frame, spec))
    version = register_files(
        artefact=as_skops(estimator), filename="ours.skops", signature=model.signatures.get(), name="ours",
        compiled=compile_and_prove(estimator, spec, rows_of(model, "evaluation")[0]), source="uploaded",
        created_by="a test",
    )  # fmt: skip
    make_live(version)
    return version


def test_a_pipeline_is_fitted_again_with_all_its_parameters(model):
    first = live(model, make_pipeline(StandardScaler(), LogisticRegression(C=0.25, random_state=3)))
    assert refit(model) == first  # the same rows make the same artefact


def test_another_training_set_makes_another_version(model):
    from conftest import FIXTURES
    from predictions.registry import datasets

    first = live(model, RandomForestClassifier(n_estimators=7, max_depth=3, random_state=5))
    content = (FIXTURES / "training.csv").read_bytes() + b"5,3,1,0.2,0\n6,3,5,1.9,\n"
    newer = datasets.register(registered_model=model, role="training", content=content)
    version = refit(model)
    assert (version.label, version.name, version.filename) == ("1.1", "refit-9", "refit-9.joblib")
    assert version.training_dataset == newer
    assert version.params == first.params
    assert version.parity["equal"]


def test_a_search_searches_again(model):
    live(model, GridSearchCV(LogisticRegression(), {"C": [0.1, 10.0]}, cv=2))
    assert refit(model).estimator.endswith("GridSearchCV")


def test_an_upload_is_refitted_with_what_its_columns_were_in(model):
    first = uploaded(model, make_pipeline(StandardScaler(), LogisticRegression(C=0.25)))
    version = refit(model)
    assert (version.label, version.source) == ("1.1", "trained")
    assert version.params["logisticregression__C"] == 0.25
    assert version.params.keys() == first.params.keys()
    assert version.parity["equal"]


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_boosters_are_refitted(model, library):
    name = {"lightgbm": "LGBMClassifier", "xgboost": "XGBClassifier"}[library]
    booster = getattr(pytest.importorskip(library), name)(n_estimators=3)
    uploaded(model, booster)
    version = refit(model)
    assert version.estimator.endswith(name)
    assert version.params["n_estimators"] == 3


def test_without_a_live_version_the_newest_is_refitted(model):
    live(model, LogisticRegression(C=0.5))
    model.promotions.all()._raw_delete("default")
    assert refit(model).params["C"] == 0.5


def test_without_any_version_it_says_what_to_do(model):
    with pytest.raises(NotPrepared, match="iris"):
        refit(model)


def test_what_was_fitted_beforehand_is_not_refitted(model):
    frame, spec = rows_of(model)
    inner = LogisticRegression().fit(*labelled(frame, spec))
    live(model, CalibratedClassifierCV(FrozenEstimator(inner), cv=2))
    with pytest.raises(TrainingFailed, match="FrozenEstimator"):
        refit(model)
    assert ModelVersion.objects.count() == 1


@pytest.mark.parametrize("columns", [{"rung": "onnx_given"}, {"filename": "ours.cbm"}])
def test_a_file_without_an_estimator_is_not_refitted(model, columns):
    version = live(model, LogisticRegression())
    ModelVersion.objects.filter(pk=version.pk).update(source="uploaded", **columns)
    with pytest.raises(TrainingFailed, match="skops"):
        refit(model)


def test_warnings_are_told_once_and_quote_no_row(model):
    told = []
    live(model, make_pipeline(LogisticRegression(max_iter=1)))
    refit(model, report=Report(warn=told.append))
    assert len(told) == 1
    assert "ConvergenceWarning" in told[0]


def test_a_label_keeps_its_type_beside_a_missing_one(model):
    frame, spec = rows_of(model)
    frame = frame.copy()
    frame["species"] = frame["species"].astype(float)
    frame.loc[3, "species"] = None
    assert fit(LogisticRegression(), frame, spec).classes_.tolist() == [0, 1, 2]
    assert fit(LogisticRegression(), frame, spec).classes_.dtype.kind == "i"
