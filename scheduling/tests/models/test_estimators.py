"""What a recipe may name is what scikit-learn declares."""

import importlib

import pytest
import sklearn
from sklearn.base import is_classifier, is_regressor
from sklearn.utils import _param_validation as declared

from scheduling.models.setup.estimators import ESTIMATORS, PARAMETERS, estimators_for, problems_of

KINDS = {"Integral": "int", "Real": "float", "RealNotInt": "float", "bool": "bool"}
GONE = {"multi_class"}  # of LogisticRegression, which scikit-learn 1.8 removed
NEWEST = tuple(map(int, sklearn.__version__.split(".")[:2])) >= (1, 9)


def words_of(constraints):
    """The words of the table for what scikit-learn declares of one parameter."""
    found = set()
    for one in [] if constraints == "no_validation" else constraints:
        if isinstance(one, declared.Hidden) or (isinstance(one, str) and one == "verbose"):
            found |= {"int", "bool"} if one == "verbose" else set()
        elif isinstance(one, declared.Interval):
            found.add(KINDS[one.type.__name__])
        elif isinstance(one, declared.Options):
            found |= set(map(str, one.options))
        elif one == "random_state":
            found |= {"int", "none"}
        elif one is None or one == "boolean":
            found.add("none" if one is None else "bool")
        else:
            found.add(KINDS.get(getattr(one, "__name__", ""), "other"))
    return found


@pytest.mark.parametrize(("task", "fits"), [("regression", is_regressor), ("classification", is_classifier)])
def test_each_is_offered_for_its_task(task, fits):
    offered = [name for name, at in ESTIMATORS.items() if fits(getattr(importlib.import_module(at), name)())]
    assert estimators_for(task) == offered


@pytest.mark.parametrize("name", ESTIMATORS)
def test_the_table_allows_what_scikit_learn_allows(name):
    estimator = getattr(importlib.import_module(ESTIMATORS[name]), name)
    known = PARAMETERS[name]
    names = set(estimator().get_params()) - GONE
    assert names - known.keys() == set()
    assert not NEWEST or known.keys() == names
    for parameter in names if NEWEST else ():
        assert words_of(estimator._parameter_constraints[parameter]) - {*known[parameter].split()} <= {
            "other"
        }


@pytest.mark.parametrize(
    ("estimator", "parameters", "told"),
    [
        ("RandomForestClassifier", {"n_estimators": [12], "max_depth": [None, 4], "bootstrap": [True]}, []),
        ("RandomForestClassifier", {"max_features": ["sqrt", 0.5, 3], "class_weight": [{"a": 1}]}, []),
        ("Ridge", {"alpha": [1, 0.5], "solver": ["svd"]}, []),
        ("RandomForestClassifier", {"max_dpeth": [4]}, ["max_depth"]),
        ("RandomForestClassifier", {"n_estimators": [12, "ten"]}, ["ten"]),
        ("RandomForestClassifier", {"n_estimators": [True]}, ["True"]),
        ("RandomForestClassifier", {"n_estimators": [0.5], "max_features": ["all"]}, ["0.5", "all"]),
        ("LinearRegression", {"nothing": [1]}, ["nothing"]),
    ],
)
def test_what_an_estimator_does_not_take_is_told(estimator, parameters, told):
    problems = list(problems_of(estimator, parameters))
    assert len(problems) == len(told)
    for sentence, part in zip(problems, told, strict=True):
        assert part in sentence
