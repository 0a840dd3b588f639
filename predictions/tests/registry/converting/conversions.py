"""How tests compile what they have fitted, and how skl2onnx alone would have done."""

import numpy as np
import onnxruntime
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx._supported_operators import build_sklearn_operator_name_map, sklearn_operator_name_map
from skl2onnx.common import tree_ensemble
from skl2onnx.common.data_types import DoubleTensorType, StringTensorType

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import compile_and_prove

SWITCH_POINT = tree_ensemble.find_switch_point
CHANCE = np.random.default_rng(0)


def table(count=300, *, gaps=0.0, texts=False):
    """Numbers `a b`, `c.d` on a grid, maybe with gaps, and a text `town` maybe; the label y, the number z."""
    frame = pd.DataFrame(CHANCE.normal(size=(count, 2)).round(1), columns=["a b", "c.d"])
    if texts:
        frame["town"] = CHANCE.choice(["Ulm", "Köln", "Hof"], count).astype(object)
    score = frame["a b"] - frame["c.d"] ** 2 + CHANCE.normal(size=count)
    if gaps:
        columns = list(frame)
        frame[columns] = frame[columns].mask(CHANCE.random((count, len(columns))) < gaps)
    return frame.assign(y=np.where(score > 0, "yes", "no"), z=np.exp(score / 3))


def spec_of(frame, *, output="y", gaps=False, **bounds):
    kinds = {True: Kind.FLOAT, False: Kind.TEXT}
    features = tuple(
        FeatureSpec(name=name, kind=kinds[frame[name].dtype.kind == "f"], required=not gaps, **bounds)
        for name in frame.columns.drop(["y", "z"])
    )
    labels, task = (("no", "yes"), "classification") if output == "y" else ((), "regression")
    return SignatureSpec(task=task, output_name=output, labels=labels, features=features)


def fitted(estimator, frame, spec):
    return estimator.fit(frame[list(spec.names)], frame[spec.output_name])


def compiled(estimator, frame, spec):
    return compile_and_prove(fitted(estimator, frame, spec), spec, frame)


def put_theirs_back(monkeypatch):
    """Until the test ends skl2onnx takes its own converters again."""
    for model, alias in build_sklearn_operator_name_map().items():
        monkeypatch.setitem(sklearn_operator_name_map, model, alias)


def finite_switch_point(low, high):
    """Theirs never returns for infinity."""
    if not np.isfinite([low, high]).all():
        raise ValueError("infinite")
    return SWITCH_POINT(low, high)


def alone(estimator, frame, spec, monkeypatch):
    """What skl2onnx's own converters make of it, fitted on rows and asked them: the first output."""
    return asked_alone(fitted(estimator, frame, spec), frame, spec, monkeypatch)


def asked_alone(estimator, frame, spec, monkeypatch):
    """The same of one that is fitted already."""
    put_theirs_back(monkeypatch)
    monkeypatch.setattr("skl2onnx.common.tree_ensemble.find_switch_point", finite_switch_point)
    types = [StringTensorType if f.kind is Kind.TEXT else DoubleTensorType for f in spec.features]
    if spec.is_matrix:
        inputs = [("features", DoubleTensorType([None, len(types)]))]
    else:
        inputs = [(f"c{i}", kind([None, 1])) for i, kind in enumerate(types)]
    model = to_onnx(estimator, initial_types=inputs, target_opset={"": 21, "ai.onnx.ml": 3})
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, spec.inputs_of(frame))[0].reshape(-1)
