"""Which texts a fitted model takes only of a list: those of encoders that raise for another one."""

from dataclasses import replace

import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.proving import closing
from predictions.registry.proving.own_categories import categories_of
from predictions.registry.refusals import NotCompilable

ROWS = pd.DataFrame(
    {
        "size": [1.0, 2.0, 3.0, 4.0] * 6,
        "town": ["Ulm", "Hof", "Ulm", "Bonn"] * 6,
        "plan": ["a", "b", None, "a"] * 6,
        "y": ["p", "q"] * 12,
    }
)
FEATURES = (
    FeatureSpec(name="town", kind=Kind.TEXT, example="text"),
    FeatureSpec(name="plan", kind=Kind.TEXT, example="b", required=False),
    FeatureSpec(name="size", kind=Kind.FLOAT, example=1.0),
)
SPEC = SignatureSpec("classification", "y", ("p", "q"), FEATURES)
TOWNS, PLANS = ("Bonn", "Hof", "Ulm"), ("a", "b")
FILLED = SimpleImputer(strategy="constant", fill_value="none")


def of_columns(*pairs):
    return make_pipeline(make_column_transformer(*pairs, (StandardScaler(), ["size"])), LogisticRegression())


OPEN = OneHotEncoder(handle_unknown="ignore")
MODELS = {
    "default": (of_columns((OneHotEncoder(), ["town", "plan"])), {"town": TOWNS, "plan": PLANS}),
    "by position": (of_columns((OneHotEncoder(), [2, 1])), {"town": TOWNS, "plan": PLANS}),
    "ordinal": (of_columns((OrdinalEncoder(), ["town"])), {"town": TOWNS}),
    "imputed": (of_columns((make_pipeline(FILLED, OneHotEncoder()), ["plan"])), {"plan": ("a", "b", "none")}),
    "one closed": (of_columns((OneHotEncoder(), ["town"]), (OPEN, ["plan"])), {"town": TOWNS}),
    "open": (of_columns((OPEN, ["town", "plan"])), {}),
    "words": (of_columns((TfidfVectorizer(), "town")), {}),
    "union": (of_columns((make_union(OneHotEncoder(), OPEN), ["town"])), {"town": TOWNS}),
    "calibrated": (CalibratedClassifierCV(of_columns((OneHotEncoder(), ["town"])), cv=2), {"town": TOWNS}),
    "vote": (VotingClassifier([("a", of_columns((OneHotEncoder(), ["town"])))]), {"town": TOWNS}),
}


def as_kinds(**kinds):
    """The signature with some features of other kinds."""
    return replace(SPEC, features=tuple(replace(one, kind=kinds.get(one.name, one.kind)) for one in FEATURES))


@pytest.mark.parametrize("how", [{}, {"handle_unknown": "ignore"}])
def test_an_encoder_of_numbers_is_refused_where_the_column_is_text_and_the_reverse(how):
    """It would take each value for an unknown one, and one that ignores these would not say so."""
    columns = make_column_transformer((OneHotEncoder(**how), ["size", "town"]))
    model = make_pipeline(columns, LogisticRegression()).fit(ROWS[["town", "plan", "size"]], ROWS["y"])
    closing.refuse_other_types(model, SPEC)
    closing.refuse_other_types(model, as_kinds(town=Kind.CATEGORY, size=Kind.INT))
    for spec, kind in ((as_kinds(size=Kind.CATEGORY), "int"), (as_kinds(town=Kind.INT), "category")):
        with pytest.raises(NotCompilable) as caught:
            closing.refuse_other_types(model, spec)
        assert (caught.value.code, f'"{kind}"' in str(caught.value)) == ("other_types", True)


BOOSTING = {
    "lightgbm": {"min_child_samples": 1, "verbose": -1},
    "xgboost": {"enable_categorical": True, "n_estimators": 2},
}
AS_CATEGORY = {"kind": Kind.CATEGORY, "categories": ("1", "2", "3", "4"), "dtype": "category"}


def passed_through(model):
    """The model behind a step that hands the columns on, the size as another one."""
    step = make_column_transformer(("drop", ["plan"]), ("passthrough", ["town", "size"]))
    return make_pipeline(step.set_output(transform="pandas"), model)


def model_of(library):
    if library == "sklearn":
        return HistGradientBoostingClassifier(categorical_features="from_dtype")
    name = {"lightgbm": "LGBMClassifier", "xgboost": "XGBClassifier"}[library]
    return getattr(pytest.importorskip(library), name)(**BOOSTING[library])


@pytest.mark.parametrize("wrap", [lambda one: one, passed_through], ids=["alone", "behind a step"])
@pytest.mark.parametrize("library", ["sklearn", *BOOSTING])
def test_boosting_of_numbers_as_categories_is_refused_where_they_arrive_as_texts_and_the_reverse(
    library, wrap
):
    """Without a word it would take all of them for unknown ones."""
    texts = tuple(replace(one, dtype="category", kind=Kind.CATEGORY) for one in FEATURES[:2])
    specs = {
        kind: replace(SPEC, features=(*texts, replace(FEATURES[2], **how)))
        for kind, how in (("texts", AS_CATEGORY), ("numbers", {"kind": Kind.INT}))
    }
    for theirs, ours in (("numbers", "texts"), ("texts", "numbers")):
        model, frame = wrap(model_of(library)), of_categories(theirs)
        model.fit(frame, (ROWS["y"] == "q").astype(int))
        with pytest.raises(
            NotCompilable, match=f"{theirs}.*“size”.*{specs[ours].features[2].kind}"
        ) as caught:
            closing.refuse_other_types(model, specs[ours])
        assert caught.value.code == ("other_types" if library == "sklearn" else "own_categories")
        if theirs == "texts":
            closing.refuse_other_types(model, specs["texts"])


def of_categories(what):
    """Rows of categories in all columns, of which the size is of whole numbers or of texts."""
    sizes = ROWS["size"].astype("int")
    given = ROWS.drop(columns="y").assign(size=sizes.astype(str) if what == "texts" else sizes)
    return given[list(SPEC.names)].astype("category")


@pytest.mark.parametrize("library", BOOSTING)
def test_a_column_that_such_a_model_takes_as_category_alone_is_refused_as_another_kind(library):
    model = model_of(library).fit(of_categories("texts"), (ROWS["y"] == "q").astype(int))
    with pytest.raises(NotCompilable, match=r"“town”.*Parquet") as caught:
        closing.refuse_other_types(model, SPEC)
    assert caught.value.code == "own_categories"


def test_numbers_that_xgboost_was_told_to_take_as_categories_stay_numbers():
    """It keeps no list of them, and asks for numbers."""
    model = pytest.importorskip("xgboost").XGBClassifier(
        enable_categorical=True, feature_types=["c"], n_estimators=2
    )
    model.fit(ROWS[["size"]].to_numpy(), (ROWS["y"] == "q").astype(int))
    closing.refuse_other_types(model, replace(SPEC, features=(replace(FEATURES[2], kind=Kind.INT),)))
    with pytest.raises(NotCompilable, match="“size”"):
        closing.refuse_other_types(model, replace(SPEC, features=(replace(FEATURES[2], **AS_CATEGORY),)))


@pytest.mark.parametrize("model", MODELS)
def test_the_lists_are_those_of_the_encoders(model):
    estimator, expected = MODELS[model]
    estimator.fit(ROWS[["size", "plan", "town"]], ROWS["y"])
    assert closing.known_texts(estimator, SPEC) == expected


def test_an_open_text_is_closed_unless_a_person_fixed_it():
    known = {"town": TOWNS, "plan": PLANS}
    assert closing.to_close(known, SPEC, None) == {}
    assert closing.to_close(known, SPEC, ["plan"]) == {"town": [*TOWNS]}
    town, plan, _ = closing.closed(SPEC, known).features
    assert (town.kind, town.categories, town.example) == (Kind.CATEGORY, TOWNS, "Bonn")
    assert (plan.categories, plan.example, plan.required) == (PLANS, "b", False)


def test_rows_with_other_texts_are_refused_without_their_words():
    with pytest.raises(NotCompilable) as caught:
        closing.refuse_others({"town": ("Ulm", "Bonn")}, ROWS, which="training")
    assert caught.value.code == "other_categories"
    assert ("“town”" in str(caught.value), "Hof" in str(caught.value)) == (True, False)


def test_a_linear_booster_keeps_no_categories():
    library = pytest.importorskip("xgboost")
    rows = pd.DataFrame({"a": range(10), "b": range(10, 20)})
    model = library.XGBClassifier(booster="gblinear", n_estimators=2).fit(rows, [0, 1] * 5)
    assert categories_of(model) == {}
