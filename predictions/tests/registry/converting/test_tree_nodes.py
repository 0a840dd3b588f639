"""The nodes of trees are written as skl2onnx writes them, to the byte, but for where a gap goes."""

import numpy as np
import onnx
import pytest
from skl2onnx.common.tree_ensemble import add_tree_to_attribute_pairs
from skl2onnx.operator_converters import random_forest
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.converting import exact_trees
from predictions.registry.converting.conversion import convert
from predictions.registry.converting.tree_nodes import add_tree, of_rounded


def spec(labels):
    features = tuple(FeatureSpec(name=name, kind=Kind.FLOAT, example=1.0) for name in "abc")
    task = "classification" if labels else "regression"
    return SignatureSpec(task=task, output_name="y", labels=labels, features=features)


def graph(model, labels):
    made = onnx.load_from_string(convert(model, spec(labels), bits=32))
    for node in made.graph.node:
        for attribute in node.attribute:
            if attribute.name == "nodes_missing_value_tracks_true":
                node.attribute.remove(attribute)
    return made.SerializeToString()


@pytest.mark.parametrize(
    ("trees", "labels"),
    [
        (DecisionTreeClassifier(random_state=0), (0, 1)),
        (DecisionTreeClassifier(random_state=0), (0, 1, 2)),
        (ExtraTreeClassifier(random_state=0), tuple(range(12))),
        (RandomForestRegressor(5, random_state=0), ()),
        (ExtraTreesRegressor(5, random_state=0), ()),
    ],
)
def test_it_is_the_same_file(monkeypatch, trees, labels):
    chance = np.random.default_rng(0)
    x = np.concatenate([chance.normal(size=(300, 3)), np.zeros((5, 3)), 1e-20 * chance.normal(size=(60, 3))])
    y = chance.integers(0, len(labels), len(x)) if labels else chance.normal(size=len(x))
    model = trees.fit(x, y)
    fast = graph(model, labels)
    assert random_forest.add_tree_to_attribute_pairs is add_tree_to_attribute_pairs  # it is put back
    monkeypatch.setattr(exact_trees, "add_tree", add_tree_to_attribute_pairs)
    assert graph(model, labels) == fast


def test_a_tree_of_one_leaf(monkeypatch):
    model = DecisionTreeClassifier().fit(np.zeros((4, 3)), [0, 1, 0, 1])
    fast = graph(model, (0, 1))
    monkeypatch.setattr(exact_trees, "add_tree", add_tree_to_attribute_pairs)
    assert graph(model, (0, 1)) == fast


def test_a_threshold_for_64_bits_is_the_last_that_is_rounded_to_the_left():
    chance = np.random.default_rng(0)
    exact = np.concatenate(
        [chance.normal(size=500) * 10.0 ** chance.integers(-44, 38, 500), [0.0, -0.0, 0.1]]
    )
    exact = np.concatenate([exact, exact.astype(np.float32).astype(float)])
    widest = of_rounded(exact)
    assert (widest.astype(np.float32) <= exact).all()
    assert (np.nextafter(widest, np.inf).astype(np.float32) > exact).all()


def test_it_takes_the_arguments_that_skl2onnx_gives():
    import inspect

    theirs, ours = inspect.signature(add_tree_to_attribute_pairs), inspect.signature(add_tree)
    assert len(theirs.parameters) == len(ours.parameters)
