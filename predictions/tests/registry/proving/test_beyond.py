"""A served form is proved for what its signature lets in, not for what the evaluation rows happen to hold."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import RadiusNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, PowerTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from predictions.contract.fields import MOST, FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import compile_and_prove, load_bytes
from predictions.registry.proving.change import rows_of
from predictions.registry.proving.injected import UNKNOWN, changes
from predictions.registry.refusals import NotCompilable
from predictions.tests.registry.converting.conversions import compiled, fitted, spec_of, table


def tried_in(feature, tried, kind=None):
    """The values that are tried in a feature, alone or with others."""
    return {one.cells[feature] for one in tried if feature in one.cells and kind in (None, one.kind)}


def alone(tried):
    """Kind and feature of the changes of one cell."""
    return [(one.kind, *one.cells) for one in tried if len(one.cells) == 1]


def refused(estimator, frame, spec):
    with pytest.raises(NotCompilable) as caught:
        compiled(estimator, frame, spec)
    return caught.value


def test_a_gap_in_a_tree_goes_where_scikit_learn_sends_it():
    """No evaluation row has a gap; the signature lets one in."""
    frame = pd.DataFrame({"a": [0.0] * 6 + [1.0] * 4, "y": ["p"] * 6 + ["q"] * 4})
    feature = FeatureSpec(name="a", kind=Kind.FLOAT, required=False)
    spec = SignatureSpec("classification", "y", ("p", "q"), (feature,))
    tree = DecisionTreeClassifier().fit(frame[["a"]], frame["y"])
    served = load_bytes(compile_and_prove(tree, spec, frame).served_form, spec).predict([(None,)])
    assert served.outputs == tree.predict(pd.DataFrame({"a": [np.nan]})).tolist() == ["p"]


def test_rows_that_scikit_learn_refuses_are_no_answers():
    frame = table()
    spec = spec_of(frame, gaps=True)
    error = refused(LogisticRegression(), frame, spec)
    assert (error.code, "“a b”" in str(error), "SimpleImputer" in str(error)) == ("refuses_rows", True, True)
    filled = make_pipeline(SimpleImputer(), LogisticRegression())
    assert compiled(filled, frame, spec).parity["made_up_rows"] > 0


def test_a_boolean_is_asked_for_true_and_false_alone():
    frame = pd.DataFrame({"flag": [0.0, 1.0, 1.0, 0.0] * 9, "a": np.arange(36.0), "y": ["p", "q"] * 18})
    features = (FeatureSpec(name="flag", kind=Kind.BOOL), FeatureSpec(name="a", kind=Kind.FLOAT))
    spec = SignatureSpec("classification", "y", ("p", "q"), features)
    columns = make_column_transformer((OneHotEncoder(), ["flag"]), remainder="passthrough")
    model = make_pipeline(columns, LogisticRegression()).fit(frame[["flag", "a"]], frame["y"])
    assert compile_and_prove(model, spec, frame).rung == "onnx_64"
    assert tried_in("flag", changes(model, spec, frame)) == {0.0, 1.0}


def test_an_unknown_number_of_an_encoder_is_told_with_the_remedy():
    frame = table()
    frame["a b"] = frame["a b"].round()
    columns = make_column_transformer((OneHotEncoder(), ["a b"]), remainder="passthrough")
    error = refused(make_pipeline(columns, LogisticRegression()), frame, spec_of(frame))
    assert (error.code, "handle_unknown='ignore'" in str(error)) == ("refuses_rows", True)


def test_an_unknown_text_is_told_with_the_remedy():
    frame = table(texts=True)
    spec = spec_of(frame)

    def model(**how):
        columns = make_column_transformer((OneHotEncoder(**how), ["town"]), remainder="passthrough")
        return make_pipeline(columns, LogisticRegression())

    assert "handle_unknown='ignore'" in str(refused(model(), frame, spec))
    assert compiled(model(handle_unknown="ignore"), frame, spec).rung == "onnx_64"
    closed = [
        replace(f, kind=Kind.CATEGORY, categories=("Hof", "Köln", "Ulm")) if f.kind is Kind.TEXT else f
        for f in spec.features
    ]
    assert compiled(model(), frame, replace(spec, features=tuple(closed))).rung == "onnx_64"


def test_the_ends_of_bounds_are_asked():
    frame = table()
    far = RadiusNeighborsClassifier(radius=1.0)
    near = frame[frame[["a b", "c.d"]].abs().max(axis=1) < 0.5]
    assert refused(far, near, spec_of(near)).code == "refuses_rows"


@pytest.mark.parametrize("words", [("", UNKNOWN), ("x", "1 2 3")])
def test_texts_without_a_known_word_are_asked(words):
    frame = table(texts=True).drop(columns=["a b", "c.d"])
    spec = spec_of(frame)
    model = make_pipeline(make_column_transformer((TfidfVectorizer(), "town")), LogisticRegression())
    served = load_bytes(compiled(model, frame, spec).served_form, spec).predict([(word,) for word in words])
    asked = pd.DataFrame({"town": words})
    np.testing.assert_allclose(served.probabilities, model.predict_proba(asked), atol=1e-9)


def test_what_is_made_up():
    frame = table(texts=True)
    spec = spec_of(frame, gaps=True)
    tried = changes(None, spec, frame)
    kinds = alone(tried)
    assert {("gap", "a b"), ("gap", "town"), ("text", "town"), ("number", "c.d"), ("border", "c.d")} <= {
        *kinds
    }
    rows = rows_of(tried, spec, frame)
    assert (len(rows), list(rows)) == (len(tried), list(spec.names))
    assert kinds.count(("gap", "a b")) == 1
    empty = ["a b" in one.cells and bool(np.isnan(one.cells["a b"])) for one in tried]
    assert (rows["a b"].isna().tolist(), sum(empty) > 50) == (empty, True)
    bounded = spec_of(frame, minimum=-3.0, exclusive_maximum=3.0)
    assert tried_in("c.d", changes(None, bounded, frame), "number") == {-3.0, np.nextafter(3.0, 0)}


def test_numbers_that_no_bound_stops_are_asked_up_to_the_largest_one():
    """The power of 3.4e38 is 5e41, and -12 in 32 bits; who gives bounds has the form."""
    drawn = np.random.default_rng(0)
    frame = pd.DataFrame({"a b": drawn.lognormal(size=300), "y": "no"}).assign(z=lambda rows: 3 * rows["a b"])
    power = make_pipeline(PowerTransformer(), LinearRegression())
    open_ends = spec_of(frame, output="z")
    useless = spec_of(frame, output="z", minimum=-1e300, maximum=1e39)
    for spec in (open_ends, useless):
        assert {MOST, -MOST} < tried_in("a b", changes(None, spec, frame))
    assert refused(power, frame, open_ends).code == "not_converted"
    assert compiled(power, frame, spec_of(frame, output="z", minimum=-1e6, maximum=1e6)).rung == "onnx_32"


def test_what_scikit_learn_refuses_far_beyond_the_rows_is_left_out():
    frame = table()
    forest = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=3))
    frame[["a b", "c.d"]] *= 1e-3  # divided by their deviation the largest number fits 32 bits no more
    made = compiled(forest, frame, spec_of(frame))
    tried = changes(fitted(forest, frame, spec_of(frame)), spec_of(frame), frame)
    left_out = len(tried) - made.parity["made_up_rows"]
    assert 0 < left_out < sum(one.kind == "farther" for one in tried)


def test_a_time_is_asked_for_the_first_and_the_last_years():
    frame = pd.DataFrame({"seen": np.arange(40.0) * 86_400, "y": ["p", "q"] * 20})
    spec = SignatureSpec("classification", "y", ("p", "q"), (FeatureSpec(name="seen", kind=Kind.TIMESTAMP),))
    rows = rows_of(changes(None, spec, frame), spec, frame)
    assert [moment.year for moment in spec.given(rows)["seen"]] == [1700, 2241]


@pytest.mark.parametrize("dtype", ["int64", "float64"])
def test_whole_numbers_of_the_rows_leave_room_for_larger_ones(dtype):
    frame = pd.DataFrame({"a": np.arange(40), "y": ["p", "q"] * 20}).astype({"a": dtype})
    spec = SignatureSpec("classification", "y", ("p", "q"), (FeatureSpec(name="a", kind=Kind.FLOAT),))
    assert rows_of(changes(None, spec, frame), spec, frame)["a"].max() == MOST


def test_a_wide_table_has_both_ends_of_each_of_its_numbers_asked():
    frame = pd.DataFrame(np.zeros((3, 300)), columns=[f"x{i}" for i in range(300)]).assign(y="no", z=0.0)
    spec = spec_of(frame, minimum=-1.0, maximum=1.0, gaps=True)
    tried = changes(None, spec, frame)
    for kind, count in (("number", 600), ("gap", 300)):
        assert sum(one[0] == kind for one in alone(tried)) == count


NAMES = [
    "home.dest",
    "sepal length (cm)",
    "2nd",
    "a\nb",
    "label",
    "probabilities",
    "a b",
    "a.b",
    "c1",
    "features",
]


@pytest.mark.parametrize("texts", [True, False])
def test_names_of_users_are_in_no_graph(texts):
    frame = table(texts=texts)
    for i, name in enumerate(NAMES):
        frame.insert(0, name, frame["c.d"] + i) if name not in frame else None
    spec = spec_of(frame)
    numbers = [f.name for f in spec.features if f.kind is Kind.FLOAT]
    columns = make_column_transformer(
        (StandardScaler(), numbers[::2]), (OneHotEncoder(handle_unknown="ignore"), ["town"] * texts),
        remainder="passthrough",
    )  # fmt: skip
    assert compiled(make_pipeline(columns, LogisticRegression()), frame, spec).rung == "onnx_64"


def test_numbers_that_32_bits_do_not_tell_apart():
    """Around 1e-15 and far from zero: 16,777,217 is 16,777,216 in 32 bits."""
    frame = table()
    frame["a b"] = frame["a b"] * 1e-15
    frame["c.d"] = 16_777_216 + np.arange(len(frame)) % 2
    frame["y"] = np.where((frame["c.d"] % 2 == 1) ^ (frame["a b"] > 0), "yes", "no")
    frame = frame.astype({"c.d": float})
    spec = spec_of(frame)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    made = compiled(model, frame, spec)
    assert (made.rung, made.parity["max_difference"] < 1e-9) == ("onnx_64", True)


def test_the_estimator_is_as_it_was():
    frame = table()
    spec = spec_of(frame)
    columns = make_column_transformer((StandardScaler(), ["c.d"]), remainder="passthrough")
    model = fitted(make_pipeline(columns, LogisticRegression()), frame, spec)
    before = repr(model[0].transformers_)
    compile_and_prove(model, spec, frame)
    assert repr(model[0].transformers_) == before


def test_gaps_come_together_too():
    frame = table(texts=True)
    spec = spec_of(frame, gaps=True)
    tried = [one for one in changes(None, spec, frame) if one.kind == "gap" and len(one.cells) > 1]
    empty = rows_of(tried, spec, frame).isna()
    assert empty.iloc[0].all()
    assert (empty.sum(axis=1) >= 2).all()
    assert len(empty.drop_duplicates()) == 4  # any two of three, or all
    assert [len(one.cells) for one in tried] == empty.sum(axis=1).tolist()


def test_numbers_are_extreme_together_too():
    """The product of two is nowhere near the numbers that each of them brings alone."""
    frame = table()
    spec = spec_of(frame, minimum=-3.0, maximum=3.0)
    tried = [one for one in changes(None, spec, frame) if len(one.cells) > 1]
    rows = rows_of(tried, spec, frame)
    assert {(-3.0, -3.0), (3.0, 3.0), (-3.0, 3.0), (3.0, -3.0)} == {*map(tuple, rows.to_numpy())}
    gappy = changes(None, spec_of(frame, gaps=True, minimum=-3.0, maximum=3.0), frame)
    both = [sorted(one.cells.values(), key=np.isnan) for one in gappy if one.kind == "number"]
    assert any(cells[0] == 3.0 and np.isnan(cells[-1]) for cells in both)
    open_ends = [one for one in changes(None, spec_of(frame), frame) if len(one.cells) > 1]
    assert {one.kind for one in open_ends} == {"number", "farther"}
    farthest = rows_of(open_ends, spec_of(frame), frame).abs().min(axis=1).max()
    assert farthest == MOST


def test_a_row_of_several_extremes_that_scikit_learn_refuses_is_told_with_all_of_them():
    frame = table()
    near = frame[frame[["a b", "c.d"]].abs().max(axis=1) < 0.5]
    neighbours = RadiusNeighborsClassifier(radius=7.0)
    error = refused(neighbours, near, spec_of(near, minimum=-6.0, maximum=6.0))
    assert (error.code, "1 other feature" in str(error)) == ("refuses_rows", True)


def test_a_form_that_fails_at_an_empty_row_is_not_served():
    """skl2onnx's neighbours that fill gaps raise where a row has nothing at all, as no known row has."""
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 2)), columns=["a b", "c.d"])
    frame = frame.assign(y=np.where(frame["a b"] > 0, "yes", "no"), z=0.0)
    filled = make_pipeline(KNNImputer(), StandardScaler(), LogisticRegression())
    assert refused(filled, frame, spec_of(frame, gaps=True)).code == "does_not_run"


def test_a_gap_beside_a_number_that_no_bound_stops_is_asked():
    """The distance to every other row is infinite in 32 bits, and the served form of the imputer raises."""
    frame = table(gaps=0.1)
    frame["c.d"] = np.random.default_rng(1).lognormal(10, 1, len(frame))
    gap, complete = spec_of(frame, gaps=True).features
    spec = SignatureSpec("classification", "y", ("no", "yes"), (gap, replace(complete, required=True)))
    filled = make_pipeline(KNNImputer(), StandardScaler(), LogisticRegression())
    assert refused(filled, frame, spec).code == "does_not_run"


def test_neighbours_fill_gaps_in_a_served_form_where_a_complete_column_tells_rows_apart():
    frame = table(gaps=0.1)
    frame["c.d"] = np.random.default_rng(1).lognormal(10, 1, len(frame))
    gap, complete = spec_of(frame, gaps=True, minimum=-1e6, maximum=1e6).features
    spec = SignatureSpec("classification", "y", ("no", "yes"), (gap, replace(complete, required=True)))
    filled = make_pipeline(KNNImputer(), StandardScaler(), LogisticRegression())
    assert compiled(filled, frame, spec).parity["equal"]
    assert (
        refused(filled, frame.assign(**{"c.d": frame["c.d"].round(-4)}), spec).code == "filled_by_neighbours"
    )
