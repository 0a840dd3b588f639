"""Audits each part of a model that compiled code trusts, and sets aside what only concerns fitting."""

from collections.abc import Callable
from typing import Any

from scheduling.uploads.audit import boosters, columns, neighbours, trees, vectors
from scheduling.uploads.audit.parts import parts_of

Audit = tuple[type | tuple[type, ...], Callable[[Any], None]]
SET_ASIDE = (("n_jobs", None), ("memory", None), ("verbose", 0))


def audit(model: Any) -> None:
    """Raise `Refused` if a part of the model was crafted. Search trees and splines are built again."""
    parts = list(parts_of(model))
    for part in parts:
        set_aside(part)
    for types, check in (*_of_trees(), *_of_arrays(), *_of_columns()):
        for part in parts:
            if isinstance(part, types):
                check(part)
    for part in parts:
        boosters.refuse_xgboost(part)


def set_aside(part: Any) -> None:
    """Undo what makes an estimator start processes, write a cache or print: no answer changes by it."""
    if not hasattr(part, "get_params"):
        return
    for name, value in SET_ASIDE:
        if vars(part).get(name) not in (None, 0, False, -1 if name == "verbose" else None):
            setattr(part, name, value)


def _of_trees() -> list[Audit]:
    """Trees come before what asks them."""
    from sklearn.ensemble import IsolationForest
    from sklearn.ensemble._forest import BaseForest
    from sklearn.ensemble._gb import BaseGradientBoosting
    from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import BaseHistGradientBoosting
    from sklearn.tree import BaseDecisionTree
    from sklearn.tree._tree import Tree

    return [
        (Tree, trees.refuse_tree),
        (BaseDecisionTree, trees.refuse_tree_estimator),
        ((BaseForest, IsolationForest), trees.refuse_forest),
        (BaseGradientBoosting, trees.refuse_gradient_boosting),
        (BaseHistGradientBoosting, trees.refuse_hist_gradient_boosting),
    ]


def _of_arrays() -> list[Audit]:
    from scipy.sparse import sparray, spmatrix
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from sklearn.linear_model._base import LinearClassifierMixin, LinearModel
    from sklearn.neighbors._base import NeighborsBase
    from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron
    from sklearn.svm._base import BaseLibSVM

    return [
        ((sparray, spmatrix), columns.refuse_sparse),
        (NeighborsBase, neighbours.rebuild_neighbours),
        (BaseLibSVM, vectors.refuse_support_vectors),
        ((LinearModel, LinearClassifierMixin), vectors.refuse_coefficients),
        (BaseMultilayerPerceptron, vectors.refuse_layers),
        ((KMeans, MiniBatchKMeans), vectors.refuse_centres),
    ]


def _of_columns() -> list[Audit]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
    from sklearn.preprocessing import OneHotEncoder, SplineTransformer

    return [
        ((CountVectorizer, DictVectorizer, HashingVectorizer), columns.refuse_vocabulary),
        (OneHotEncoder, columns.refuse_categories),
        (SplineTransformer, columns.rebuild_splines),
    ]
