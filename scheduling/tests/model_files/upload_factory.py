"""Model files as people upload them, honest and not."""

import io
import zipfile

import numpy as np
import skops.io
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.tree._tree import Tree

from scheduling.tests.evidence_factory import read_csv


def make_forest(*, relabel=lambda species: species, **parameters):
    """A small forest that is much better than the demo's first version."""
    training = read_csv("training")
    forest = RandomForestClassifier(**{"n_estimators": 5, "random_state": 1} | parameters)
    return forest.fit(training.drop(columns="species"), relabel(training["species"]))


def as_skops(model):
    """The bytes of its skops file."""
    return skops.io.dumps(model)


def make_crafted_forest(**nodes):
    """A forest one of whose trees has, at its root, other values than it was grown with."""
    forest = make_forest()
    tree = forest.estimators_[0].tree_
    state = tree.__getstate__()
    crafted = state["nodes"].copy()
    for column, value in nodes.items():
        crafted[column][0] = value
    other = Tree(tree.n_features, np.array([3], dtype=np.intp), 1)
    other.__setstate__(state | {"nodes": crafted})
    forest.estimators_[0].tree_ = other
    return forest


def make_greedy(degree=60):
    """A model in a file of 15 MB that makes 635,376 columns of four: 230 MB for 45 rows, several times."""
    features = read_csv("training").drop(columns="species")
    columns = PolynomialFeatures(degree).fit(features)
    model = LogisticRegression()
    model.classes_, model.n_features_in_ = np.arange(3), columns.n_output_features_
    model.coef_, model.intercept_ = np.zeros((3, columns.n_output_features_)), np.zeros(3)
    return make_pipeline(columns, model)


def make_zip(**members):
    """A zip file with these members; `__` stands for a dot in a name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()
