"""Which rows of a large set prove a served form, and that scikit-learn is asked once and the same."""

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import ThreadpoolController

from predictions.contract.answers import Answers
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry import proof
from predictions.registry.compiling import compile_and_prove
from predictions.registry.proof import rows_to_prove
from predictions.registry.sklearn_answers import answers_of

SPEC = SignatureSpec(
    task="classification",
    output_name="label",
    labels=(0, 1),
    features=(
        FeatureSpec(name="town", kind=Kind.TEXT, example="Rome", required=False),
        FeatureSpec(name="age", kind=Kind.FLOAT, example=1.0),
    ),
)
N = 400


@pytest.fixture
def most(monkeypatch):
    """Sets of more than 100 rows are large; of these 30 are near a border and 20 unusual."""
    monkeypatch.setattr(proof, "MOST_ROWS", 100)
    monkeypatch.setattr(proof, "NEAR_A_BORDER", 30)
    monkeypatch.setattr(proof, "UNUSUAL", 20)


def frame():
    chance = np.random.default_rng(1)
    towns = np.array(["Rome"] * (N - 3) + ["Oslo", "Bern", None], dtype=object)
    return pd.DataFrame({"town": towns, "age": chance.normal(size=N), "label": chance.integers(0, 2, N)})


def answers():
    shares = np.random.default_rng(2).random(N)
    return Answers((shares > 0.5).astype(int).tolist(), np.column_stack([1 - shares, shares]))


def test_of_a_small_set_it_is_every_row():
    assert rows_to_prove(frame(), SPEC, answers()).tolist() == list(range(N))


def test_of_a_large_set_the_rows_near_a_border_and_the_unusual_ones_are_among_them(most):
    said, rows = answers(), frame()
    found = rows_to_prove(rows, SPEC, said)
    assert len(found) == 100
    assert found.tolist() == sorted(set(found.tolist())) == rows_to_prove(rows, SPEC, said).tolist()
    nearest = np.argsort(np.abs(said.probabilities[:, 1] - 0.5))[:30]
    assert set(nearest) <= set(found)
    assert {N - 3, N - 2, N - 1, rows["age"].argmin(), rows["age"].argmax()} <= set(found)


def test_of_equal_extremes_it_takes_one_each_and_the_rarest_texts_once(most, monkeypatch):
    monkeypatch.setattr(proof, "UNUSUAL", 6)  # two texts of each feature
    towns = ["Rome"] * 5 + ["Oslo", "Oslo", "Bern", "Cork", None] + ["Rome"] * (N - 10)
    rows = frame().assign(town=np.array(towns, dtype=object), age=[1.0] * 3 + [0.0, 0.0] + [1.0] * (N - 5))
    found = [places.tolist() for places in proof._unusual(rows, SPEC)]
    assert found == [[9], [7, 8], [3, N - 1]]  # without a value, of each text the first row, both extremes


def test_of_a_regression_it_takes_the_extreme_values(most):
    spec = SignatureSpec(task="regression", output_name="label", labels=(), features=SPEC.features)
    values = np.random.default_rng(3).normal(size=N)
    found = rows_to_prove(frame(), spec, Answers(values.tolist()))
    assert {*np.argsort(values)[:15], *np.argsort(values)[-15:]} <= set(found)


def test_the_record_says_how_many_of_how_many_rows_were_compared(most):
    rows = frame()
    spec = SignatureSpec(**{**vars_of(SPEC), "features": SPEC.features[1:]})
    model = DecisionTreeClassifier(max_depth=3).fit(rows[["age"]], rows["label"])
    parity = compile_and_prove(model, spec, rows).parity
    assert (parity["rows"], parity["of"], parity["equal"]) == (100, N, True)


def vars_of(spec):
    return {name: getattr(spec, name) for name in ("task", "output_name", "labels", "features")}


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(4, random_state=0),  # an even number of trees: many rows are ties
        DecisionTreeClassifier(max_depth=2),
        GradientBoostingClassifier(n_estimators=5),
        LogisticRegression(),
        CalibratedClassifierCV(LogisticRegression(), cv=2),
        make_pipeline(StandardScaler(), RandomForestClassifier(4, random_state=0)),
    ],
    ids=lambda model: type(model).__name__,
)
def test_labels_are_those_of_predict(model):
    spec = SignatureSpec(**{**vars_of(SPEC), "features": SPEC.features[1:]})
    rows = frame().round({"age": 1})
    model.fit(rows[["age"]], rows["label"])
    said = answers_of(model, spec, rows)
    assert said.outputs == model.predict(rows[["age"]]).tolist()
    assert (said.probabilities == model.predict_proba(rows[["age"]])).all()


def test_a_forest_is_asked_in_one_thread_and_keeps_its_parameter():
    spec = SignatureSpec(task="regression", output_name="label", labels=(), features=SPEC.features[1:])
    rows, seen = frame(), []

    class Watched(RandomForestRegressor):
        def predict(self, asked):
            seen.append(self.n_jobs)
            return super().predict(asked)

    model = Watched(3, n_jobs=2).fit(rows[["age"]], rows["label"])
    answers_of(model, spec, rows)
    assert (seen, model.n_jobs) == ([1], 2)


def test_neighbours_at_one_distance_do_not_depend_on_threads():
    rows = np.random.default_rng(0).integers(0, 4, (400, 12)).astype(float)  # full of equal distances
    names = [f"x{place}" for place in range(12)]
    frame = pd.DataFrame(rows, columns=names).assign(y=np.arange(400) % 2)
    features = tuple(FeatureSpec(name=name, kind=Kind.FLOAT, example=1.0) for name in names)
    spec = SignatureSpec(task="classification", output_name="y", labels=(0, 1), features=features)
    model = KNeighborsClassifier(algorithm="brute").fit(frame[names], frame["y"])
    together = answers_of(model, spec, frame).probabilities
    with ThreadpoolController().limit(limits=1):
        assert np.array_equal(together, answers_of(model, spec, frame).probabilities)
    alone = [answers_of(model, spec, frame.iloc[[place]]).probabilities[0] for place in range(400)]
    assert np.array_equal(together, alone)
