"""A forest's label is scikit-learn's also where its trees are divided in halves, unlike skl2onnx's own."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from predictions.registry.compiling import load_bytes, prove
from predictions.registry.sklearn_answers import own_answers
from predictions.tests.registry.converting.conversions import asked_alone, spec_of

COUNT = 4_000


def rows(*labels):
    """Numbers on a coarse grid, whose label is noise: many rows divide the trees in halves."""
    chance = np.random.default_rng(3)
    frame = pd.DataFrame(chance.normal(size=(COUNT, 3)).round(1), columns=["a", "b", "c"])
    noisy = 0.2 * frame["a"] + chance.normal(size=COUNT)
    place = np.digitize(noisy, np.quantile(noisy, np.linspace(0, 1, len(labels) + 1)[1:-1]))
    return frame.assign(y=np.array(labels)[place], z=0.0)


def asked(estimator, frame, spec):
    """Return scikit-learn's answers and the served form's to all rows, of a fit on a third of them."""
    some = frame.iloc[::3]
    estimator.fit(some[list(spec.names)], some["y"])
    given = spec.answerable(frame)
    own = own_answers(estimator, spec, given)
    made = prove(estimator, spec, given, expected=own)
    assert made.rung == "onnx_64"
    return own, load_bytes(made.served_form, spec).predict_frame(given)


@pytest.mark.parametrize("estimator", [
    RandomForestClassifier(100, random_state=0), ExtraTreesClassifier(100, random_state=0),
    RandomForestClassifier(20, max_depth=4, class_weight="balanced", random_state=0),
    make_pipeline(StandardScaler(), RandomForestClassifier(50, random_state=0)),
])  # fmt: skip
@pytest.mark.parametrize("labels", [("no", "yes"), ("a", "b", "c")])
def test_no_label_differs(estimator, labels):
    frame = rows(*labels)
    spec = spec_of(frame)
    spec = type(spec)(spec.task, spec.output_name, labels, spec.features)
    own, served = asked(estimator, frame, spec)
    assert list(own.outputs) == list(served.outputs)
    assert np.abs(own.probabilities - served.probabilities).max() < 1e-7


def test_ties_are_among_them(monkeypatch):
    frame = rows("no", "yes")
    spec, forest = spec_of(frame), RandomForestClassifier(100, random_state=0)
    own, served = asked(forest, frame, spec)
    tied = np.flatnonzero(own.probabilities[:, 0] == own.probabilities[:, 1])
    assert (served.probabilities[tied] == 0.5).all()
    assert {served.outputs[place] for place in tied} == {"no"}
    assert "yes" in asked_alone(forest, frame.iloc[tied], spec, monkeypatch)


def test_the_rows_of_each_tree_are_not_drawn_anew(monkeypatch):
    def drawn(forest):
        raise AssertionError("it takes a second for 50 trees of 300,000 rows")

    monkeypatch.setattr(RandomForestClassifier, "estimators_samples_", property(drawn))
    frame = rows("no", "yes")
    asked(RandomForestClassifier(5, random_state=0), frame, spec_of(frame))
