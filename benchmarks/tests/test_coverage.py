"""The benchmark of coverage on some of its models: each is compiled, and no label differs."""

import pytest

from benchmarks.coverage import categories, estimators, pipelines
from benchmarks.coverage.measuring import Measured, both, measured, measured_with, spec_of
from benchmarks.coverage.table import as_page
from scheduling.tests.model_host.conftest import hosting

SOME = [("LogisticRegression", "classifier"), ("DecisionTreeClassifier", "classifier"), ("SVR", "regressor")]


@pytest.mark.parametrize(("name", "kind"), SOME)
def test_estimators(name, kind):
    counts = estimators.label_counts(name, kind)
    one = both([measured(name, kind, *estimators.fitted(name, kind, labels)) for labels in counts])
    assert (one.rung, one.label_differences, one.reason) == ("onnx_64", 0, "")
    assert 0 < one.served_us < one.own_us
    assert f"| {name} | onnx_64 | 0 |" in as_page([one])


@pytest.mark.parametrize("name", ["table, LogisticRegression", "Tfidf, LogisticRegression"])
def test_pipelines(name):
    pipeline, table = pipelines.fitted(name)
    one = measured(name, "pipeline", pipeline, table.drop(columns="yes"), table["yes"])
    assert (one.rung, one.label_differences) == ("onnx_64", 0)


@pytest.mark.parametrize(
    ("name", "library", "rung"),
    [("HistGradientBoostingClassifier", "sklearn", "onnx_64"), ("LGBMClassifier", "lightgbm", "host")],
)
def test_categories_with_gaps_and_unknown_ones(config, tmp_path, name, library, rung):
    pytest.importorskip(library)
    config.MODEL_HOST_SOCKET = tmp_path / "host.sock"
    model, frame, output = categories.fitted(name)
    spec = spec_of(frame, output, categories=categories.TEXTS)
    city = next(feature for feature in spec.features if feature.name == "city")
    assert (categories.UNKNOWN in city.categories, city.required) == (True, False)
    with hosting(config.MODEL_HOST_SOCKET):
        one = measured_with(spec, name, "categories", model, frame, output)
    assert (one.rung, one.label_differences, one.served_us > 0) == (rung, 0, True)


def test_the_lower_form_is_told_with_what_differs_in_either():
    three = Measured(name="a", group="classifier", rung="onnx_64", ties=2, max_difference=0.5)
    two = Measured(name="a", group="classifier", rung="host", label_differences=1, ties=1, reason="So.")
    one = both([three, two])
    assert (one.rung, one.reason, one.label_differences, one.ties) == ("host", "So.", 1, 3)
    assert one.max_difference == 0.5


def test_they_are_as_many_as_is_said():
    assert len(pipelines.pipelines()) == 22
    assert len(list(estimators.every_estimator())) == 104
