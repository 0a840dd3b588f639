"""The benchmark of coverage on some of its models: each is compiled, and no label differs."""

import pytest

from benchmarks.coverage import estimators, pipelines
from benchmarks.coverage.measuring import measured
from benchmarks.coverage.table import as_page

SOME = [("LogisticRegression", "classifier"), ("DecisionTreeClassifier", "classifier"), ("SVR", "regressor")]


@pytest.mark.parametrize(("name", "kind"), SOME)
def test_estimators(name, kind):
    one = measured(name, kind, *estimators.fitted(name, kind))
    assert (one.rung, one.label_differences, one.reason) == ("onnx_64", 0, "")
    assert 0 < one.served_us < one.own_us
    assert f"| {name} | onnx_64 | 0 |" in as_page([one])


@pytest.mark.parametrize("name", ["table, LogisticRegression", "Tfidf, LogisticRegression"])
def test_pipelines(name):
    pipeline, table = pipelines.fitted(name)
    one = measured(name, "pipeline", pipeline, table.drop(columns="yes"), table["yes"])
    assert (one.rung, one.label_differences) == ("onnx_64", 0)


def test_they_are_as_many_as_is_said():
    assert len(pipelines.pipelines()) == 22
    assert len(list(estimators.every_estimator())) == 104
