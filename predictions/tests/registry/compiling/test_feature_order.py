"""The order of features: clients and signatures have theirs, a model has that of its data frame."""

from dataclasses import replace

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

from predictions.registry.compiling import compile_and_prove, load_bytes
from predictions.registry.refusals import NotCompilable
from predictions.tests.other_models import MIXED, NUMBERS, fitted, people, pipeline

PEOPLE = people()


@pytest.mark.parametrize(
    ("estimator", "spec"),
    [(LinearRegression(), NUMBERS), (pipeline(LogisticRegression()), MIXED),
     (pipeline(RandomForestClassifier(5, random_state=0)), MIXED)],
)  # fmt: skip
def test_a_model_that_was_fitted_in_another_order_answers_alike(estimator, spec):
    model = fitted(estimator, PEOPLE, spec)
    other = replace(spec, features=(*spec.features[1:], spec.features[0]))
    expected = load_bytes(compile_and_prove(model, spec, PEOPLE).served_form, spec).predict_frame(PEOPLE)
    compiled = compile_and_prove(model, other, PEOPLE)
    answers = load_bytes(compiled.served_form, other).predict(other.rows_of(PEOPLE))
    assert compiled.parity["label_differences"] == 0
    assert answers.outputs == pytest.approx(expected.outputs) if spec is NUMBERS else expected.outputs


def test_other_names_are_still_refused_and_shown():
    model = fitted(LinearRegression(), PEOPLE, NUMBERS)
    renamed = replace(NUMBERS, features=(*NUMBERS.features[:2], replace(NUMBERS.features[2], name="income")))
    with pytest.raises(NotCompilable) as refused:
        compile_and_prove(model, renamed, PEOPLE)
    assert "income" in str(refused.value)
    assert "debt" in str(refused.value)
