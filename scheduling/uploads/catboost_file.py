"""A file of CatBoost's own format to the estimator in it: data only, which CatBoost verifies as it reads."""

from importlib.util import find_spec
from typing import Any

import numpy as np

from predictions.contract.fields import Kind
from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from predictions.registry.converting.estimators.boosters.catboost_trees import KNOWN
from predictions.registry.fitness import difference_of_columns
from predictions.registry.refusals import NotCompilable, listed, raise_if_out_of_memory
from scheduling.uploads.refusals import Refused

OF_LABELS = {"Logloss", "CrossEntropy", "MultiClass", "MultiClassOneVsAll"}  # CatBoost's loss functions


def open_catboost(content: bytes, spec: SignatureSpec) -> Any:
    """Return the classifier or regressor in the file. Raises `Refused` or `NotCompilable`."""
    if find_spec("catboost") is None:
        raise Refused("absent_library", name="CatBoost", package="catboost")
    import catboost

    try:
        loss = str(catboost.CatBoost().load_model(blob=content).get_all_params().get("loss_function"))
        kind = catboost.CatBoostClassifier if loss in OF_LABELS else catboost.CatBoostRegressor
        model = kind().load_model(blob=content)
    except Exception as error:  # CatBoost has an error of its own, and others come of crafted files
        raise_if_out_of_memory(error)
        raise Refused("catboost") from error
    names = list(model.feature_names_)
    if model.get_text_feature_indices() or model.get_embedding_feature_indices():
        raise Refused("catboost_texts")
    _name_columns(model, names, spec)
    if places := model.get_cat_feature_indices():
        setattr(model, KNOWN, _categories_of(places, names, spec))
    return model


def _categories_of(places: list[int], names: list[str], spec: SignatureSpec) -> dict[int, tuple[str, ...]]:
    """Return the categories that the signature lists, by the places of the model's columns."""
    is_named = set(names) == set(spec.names)
    features = {feature.name: feature for feature in spec.features}
    asked = {place: features[names[place]] if is_named else spec.features[place] for place in places}
    if others := [one.name for one in asked.values() if one.kind is not Kind.CATEGORY]:
        raise Refused("catboost_open", names=listed(others))
    return {place: one.categories for place, one in asked.items()}


def _name_columns(model: Any, names: list[str], spec: SignatureSpec) -> None:
    """Say by scikit-learn's rules what it was fitted on, and refuse other columns than the signature's.

    Fitted on a plain matrix it has only numbers for names.
    """
    if names != [str(place) for place in range(len(names))]:
        model.feature_names_in_ = np.array(names, dtype=object)
        difference = difference_of_columns(model, list(spec.names))
    else:
        is_other = len(names) != len(spec.names)
        difference = f"it was fitted on {counted(len(names), 'column')}" if is_other else ""
    if difference:
        raise NotCompilable("other_columns", model, difference=difference, ours=listed(spec.names))
