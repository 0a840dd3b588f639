"""Outlier detectors answer -1 and 1: compiled they tell what scikit-learn tells, row by row."""

import numpy as np
import pytest
from sklearn.covariance import EllipticEnvelope
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import SGDOneClassSVM
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import OneClassSVM

from predictions.registry.compiling import compile_and_prove, load_bytes
from predictions.registry.refusals import NotCompilable
from predictions.tests import other_models
from predictions.tests.other_models import AGE, DEBT, EARNED, signature

SPEC = signature("classification", "unusual", (-1, 1), AGE, EARNED, DEBT)
DETECTORS = [
    EllipticEnvelope(random_state=0),
    IsolationForest(random_state=0),
    IsolationForest(n_estimators=20, max_features=2, max_samples=50, contamination=0.05, random_state=0),
    OneClassSVM(nu=0.1),
    OneClassSVM(kernel="poly", degree=2, nu=0.1),
    SGDOneClassSVM(nu=0.5, random_state=0),
]


@pytest.fixture(scope="module")
def people():
    frame = other_models.people()
    return frame.assign(unusual=np.where(frame["age"] > frame["age"].quantile(0.9), -1, 1))


@pytest.mark.parametrize("detector", DETECTORS, ids=str)
def test_it_is_compiled_and_tells_what_scikit_learn_tells(people, detector):
    fitted = make_pipeline(StandardScaler(), detector).fit(people[list(SPEC.names)])
    compiled = compile_and_prove(fitted, SPEC, people)
    own = fitted.predict(people[list(SPEC.names)])
    served = load_bytes(compiled.served_form, SPEC).predict_frame(people)
    assert served.outputs == own.tolist()
    assert {*served.outputs} == {-1, 1}
    assert served.probabilities is None


def test_the_local_outlier_factor_has_no_compiled_form(people):
    fitted = LocalOutlierFactor(novelty=True).fit(people[list(SPEC.names)])
    with pytest.raises(NotCompilable) as refused:
        compile_and_prove(fitted, SPEC, people)
    assert refused.value.code == "neighbours"
