"""Files of sound structure and of types that are taken, in which an array leads compiled code astray."""

import json
from copy import copy

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, IsolationForest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, SplineTransformer
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier

from scheduling.tests.model_files.honest_models import HONEST, MIXED, X, Y, linear
from scheduling.tests.model_files.hostile_uploads import packed, part, schema_of
from scheduling.tests.model_files.upload_factory import as_skops, make_crafted_forest, make_forest

WIDE = np.hstack([X, X, X])


def nodes(at=0, **values):
    """Histogram boosting in whose first tree a node has other values."""
    model = HONEST["hist gradient boosting"]()
    predictor = model._predictors[0][0]
    for column, value in values.items():
        predictor.nodes[column][at] = value
    return model


def boosting(change):
    model = HONEST["hist gradient boosting"]()
    change(model)
    return model


def by_category(**values):
    """Histogram boosting that splits by its category first, with other values there."""
    frame = MIXED[["e", "a"]]
    model = HistGradientBoostingClassifier(max_iter=1, categorical_features=["e"], min_samples_leaf=3)
    model.fit(frame, [1, 0, 0] * 20)
    for column, value in values.items():
        model._predictors[0][0].nodes[column][0] = value
    return model


def given(model, **attributes):
    """The model with other attributes than it was fitted with."""
    for name, value in attributes.items():
        setattr(model, name, value)
    return model


def tree_for(count):
    return DecisionTreeClassifier().fit(np.hstack([X] * 3)[:, :count], Y)


def forest_with(tree):
    forest = make_forest()
    forest.estimators_[1] = tree
    return forest


def more_stages(change):
    model = GradientBoostingClassifier(n_estimators=2).fit(X, Y)
    model.estimators_ = change(model.estimators_)
    return model


def neighbours(**attributes):
    return given(KNeighborsClassifier().fit(X, Y), **attributes)


def vectors(kind=SVC, **attributes):
    return given(kind().fit(X, Y), **attributes)


def sparse(index):
    matrix = csr_matrix(np.ones((1, 4)))
    matrix.indices[-1] = index
    return given(LogisticRegression().fit(X, Y), coef_=matrix)


def words(**vocabulary):
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(["one two", "two three"], [0, 1])
    model.steps[0][1].vocabulary_ = vocabulary
    return model


def one_hot(**attributes):
    model = make_pipeline(OneHotEncoder(max_categories=2), LogisticRegression()).fit(MIXED[["e"]], Y)
    given(model.steps[0][1], **attributes)
    return model


def splines():
    model = make_pipeline(SplineTransformer(3), LogisticRegression()).fit(X, Y)
    model.steps[0][1].bsplines_[0].c = model.steps[0][1].bsplines_[0].c[:2]
    return model


def layers():
    model = MLPClassifier((3,), max_iter=1).fit(X, Y)
    model.coefs_[1] = np.ones((9, 1))
    return model


def infrequent(to):
    model = one_hot()
    model.steps[0][1]._default_to_infrequent_mappings = [np.full(3, to)]
    return model


def clusters():
    return make_pipeline(given(KMeans(2, n_init=1).fit(X), cluster_centers_=np.ones((2, 2))), linear)


def reads_files():
    """A vectorizer that was fitted on words, and whose fitted copy alone reads files."""
    model = words(one=0, two=1)
    model.steps[0] = ("reader", given(copy(model.steps[0][1]), input="filename"))
    return model


def search_without():
    return GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2, refit=False).fit(X, Y)


def search_elsewhere():
    """A search whose best estimator is a part of what is never opened."""
    best = part("CachedNode", "LogisticRegression", "sklearn.linear_model._logistic", __id__=7)
    names = part("ListNode", content=[part("TypeNode", "str")] * 2)
    evil = part("ObjectNode", "Popen", "subprocess", __id__=7)
    state = part("DictNode", "dict", key_types=names, content={"estimator": evil, "best_estimator_": best})
    search = part("ObjectNode", "GridSearchCV", "sklearn.model_selection._search", content=state)
    return packed({"schema.json": json.dumps(search | {"protocol": 2, "_skops_version": "0.16.0"})})


def bytes_as_array():
    """An array that nobody has checked, because it is called bytes."""
    array = part("NdArrayNode", "ndarray", "numpy", type="numpy", file="1.bin")
    return packed({"schema.json": schema_of(coef_=array), "1.bin": b"\x93NUMPY\x01\x00"})


HOSTILE_MODELS = {  # what it is -> the model, or the bytes of the file; the code it is refused by
    "a child outside": (lambda: nodes(left=2**31), "crafted"),
    "a child that is its parent": (lambda: nodes(right=0), "crafted"),
    "a feature outside": (lambda: nodes(feature_idx=99), "crafted"),
    "a negative feature": (lambda: nodes(feature_idx=-5), "crafted"),
    "a value that is no number": (lambda: nodes(value=np.nan), "crafted"),
    "a bitset outside": (lambda: by_category(bitset_idx=77), "crafted"),
    "a category of a number": (lambda: by_category(feature_idx=1), "crafted"),
    "a category of 300": (
        lambda: boosting(lambda it: it._bin_mapper.bin_thresholds_.__setitem__(0, np.array([300.0]))),
        "crafted",
    ),
    "no nodes": (
        lambda: boosting(lambda it: setattr(it._predictors[0][0], "nodes", it._predictors[0][0].nodes[:0])),
        "crafted",
    ),
    "nodes of numbers": (
        lambda: boosting(lambda it: setattr(it._predictors[0][0], "nodes", np.zeros(9))),
        "unreadable",
    ),
    "short bitsets": (
        lambda: boosting(
            lambda it: setattr(it._predictors[0][0], "raw_left_cat_bitsets", np.zeros((9, 2), "uint32"))
        ),
        "crafted",
    ),
    "more trees than answers": (lambda: boosting(lambda it: it._predictors[0].append(1)), "crafted"),
    "fewer features than nodes use": (
        lambda: boosting(lambda it: setattr(it._bin_mapper, "is_categorical_", np.zeros(2, bool))),
        "crafted",
    ),
    "a tree with a child outside": (lambda: make_crafted_forest(right_child=9999), "crafted"),
    "a tree in a circle": (lambda: make_crafted_forest(left_child=0), "crafted"),
    "a tree without a threshold": (lambda: make_crafted_forest(threshold=np.nan), "crafted"),
    "a tree for twelve features": (lambda: forest_with(tree_for(12)), "crafted"),
    "a tree that says it has four": (
        lambda: forest_with(given(tree_for(12), n_features_in_=4)),
        "crafted",
    ),
    "something else in a forest": (lambda: forest_with(linear), "crafted"),
    "an isolation forest of other columns": (
        lambda: make_pipeline(
            given(IsolationForest(n_estimators=2).fit(X), estimators_features_=[np.arange(2), np.arange(2)]),
            linear,
        ),
        "crafted",
    ),
    "two trees in a stage": (lambda: more_stages(lambda it: np.hstack([it, it])), "crafted"),
    "rows of another width": (lambda: neighbours(_fit_X=WIDE), "crafted"),
    "rows without end": (lambda: neighbours(_fit_X=np.full_like(X, np.inf)), "crafted"),
    "fewer rows than there were": (lambda: neighbours(_fit_X=X[:3]), "crafted"),
    "labels outside": (lambda: neighbours(_y=np.full(60, 10**9)), "crafted"),
    "negative labels": (lambda: neighbours(_y=np.full(60, -1)), "crafted"),
    "labels that are short": (lambda: neighbours(_y=np.zeros(5, int)), "crafted"),
    "another way to search": (lambda: neighbours(_fit_method="guess"), "crafted"),
    "a metric of its own": (lambda: neighbours(effective_metric_=np.add), "crafted"),
    "short coefficients": (lambda: vectors(_dual_coef_=np.ones((1, 2))), "crafted"),
    "four million support vectors": (
        lambda: vectors(_n_support=np.array([4_000_000] * 2, "int32")),
        "crafted",
    ),
    "a negative number of them": (lambda: vectors(_n_support=np.array([70, -10], "int32")), "crafted"),
    "wide support vectors": (lambda: vectors(support_vectors_=WIDE), "crafted"),
    "no intercept": (lambda: vectors(_intercept_=np.zeros(0)), "crafted"),
    "short probabilities": (lambda: vectors(_probA=np.zeros(7)), "crafted"),
    "support vectors for a number": (lambda: vectors(SVR, _dual_coef_=np.ones((3, 3))), "crafted"),
    "infinite coefficients": (
        lambda: vectors(_intercept_=np.array([np.inf])),
        "crafted",
    ),
    "wide coefficients": (lambda: given(LogisticRegression().fit(X, Y), coef_=np.ones((1, 9))), "crafted"),
    "coefficients of five classes": (
        lambda: given(LogisticRegression().fit(X, Y), coef_=np.ones((5, 4)), intercept_=np.ones(5)),
        "crafted",
    ),
    "coefficients that are no numbers": (
        lambda: given(LogisticRegression().fit(X, Y), coef_=np.full((1, 4), np.nan)),
        "crafted",
    ),
    "an index outside of a sparse array": (lambda: sparse(10**6), "crafted"),
    "a negative index in one": (lambda: sparse(-4), "crafted"),
    "layers that do not fit": (layers, "crafted"),
    "centres in another space": (clusters, "crafted"),
    "a word far outside": (lambda: words(one=0, two=10**9), "crafted"),
    "a word before the first": (lambda: words(one=0, two=-7), "crafted"),
    "more columns than categories": (lambda: one_hot(_n_features_outs=[9]), "crafted"),
    "a rare category far outside": (lambda: infrequent(10**6), "crafted"),
    "splines with few coefficients": (splines, "unreadable"),
    "a vectorizer that reads files": (reads_files, "reads_files"),
    "a search that found nothing": (search_without, "search"),
    "a search that found something outside": (search_elsewhere, "no_model"),
    "bytes for an array": (bytes_as_array, "damaged_schema"),
}


def content_of(name):
    """The file, and the code that it is refused by."""
    make, code = HOSTILE_MODELS[name]
    made = make()
    return made if isinstance(made, bytes) else as_skops(made), code
