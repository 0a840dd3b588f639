"""Datasets: registered once, read as the signature says."""

from dataclasses import replace

import pandas as pd
import pytest

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, Feature, Signature
from predictions.registry import datasets
from predictions.registry.artefacts import ArtefactCorrupt, ArtefactMissing
from predictions.tables.names import DatasetInvalid
from predictions.tests.factories import make_model

pytestmark = pytest.mark.django_db
CSV = b"height,town,extra,y\n1,Rome,x,0\nbad,Oslo,x,1\n,,x,0\n"
SPEC = SignatureSpec(
    task="classification",
    output_name="y",
    labels=(0, 1),
    features=(FeatureSpec(name="town", kind=Kind.TEXT), FeatureSpec(name="height", kind=Kind.INT)),
)


def register(content=CSV, role="training"):
    model = make_model() if not Dataset.objects.exists() else Dataset.objects.first().registered_model
    return datasets.register(registered_model=model, role=role, content=content)


def test_it_counts_the_rows_and_keeps_the_file():
    dataset = register()
    assert (dataset.rows, dataset.role) == (3, "training")
    assert dataset.file.startswith("datasets/wine/")
    assert str(dataset) == "wine training (3 rows)"


def test_a_file_that_is_known_keeps_its_row():
    assert register() == register()
    assert register(role="evaluation") != register()
    assert Dataset.objects.count() == 2


def test_the_newest_of_a_role_is_the_current_one():
    first = register()
    newer = register(b"town,height,y\nRome,1,0\n")
    model = first.registered_model
    assert Dataset.objects.current(model, "training") == newer
    assert Dataset.objects.current(model, "evaluation") is None
    assert Dataset.objects.current(make_model("roses"), "training") is None


@pytest.mark.parametrize("content", [b"", b"a,b,c\n", b"\x80\x81\n1", b'a,b\n1,2,3\n1\n"'])
def test_what_is_no_table_with_rows_is_refused_and_leaves_no_row(content):
    with pytest.raises(DatasetInvalid):
        register(content)
    assert not Dataset.objects.exists()


def test_a_frame_has_the_features_in_order_and_then_the_output():
    frame = datasets.read_frame(register(), SPEC)
    assert list(frame.columns) == ["town", "height", "y"]
    assert [str(dtype) for dtype in frame.dtypes] == ["object", "float64", "int64"]


def test_what_is_no_number_is_missing():
    frame = datasets.read_frame(register(), SPEC)
    assert frame["height"].isna().tolist() == [False, True, True]
    assert SPEC.rows_of(frame) == [("Rome", 1.0), ("Oslo", None), (None, None)]


def test_columns_that_are_not_there_are_named():
    with pytest.raises(DatasetInvalid, match="lacks the columns: town, y"):
        datasets.read_frame(register(b"height\n1\n"), SPEC)


def test_a_file_that_is_gone_or_changed_is_not_read(config):
    dataset = register()
    path = config.MEDIA_ROOT / dataset.file
    path.write_bytes(CSV + b"9,Oslo,x,1\n")
    with pytest.raises(ArtefactCorrupt):
        datasets.read_frame(dataset, SPEC)
    path.unlink()
    with pytest.raises(ArtefactMissing):
        datasets.read_frame(dataset, SPEC)


def test_text_stays_text_whatever_it_looks_like():
    frame = datasets.read_frame(register(b"town,height,y\n07,1,0\nNA,2,1\nNone,3,0\n"), SPEC)
    assert frame["town"].tolist() == ["07", "NA", "None"]


def test_features_can_be_read_without_the_output():
    frame = datasets.Tables().of(register()).features(replace(SPEC, output_name="absent"))
    assert list(frame.columns) == ["town", "height"]
    assert frame["height"].isna().tolist() == [False, True, True]


def test_any_column_can_be_read_as_text():
    dataset = register()
    assert datasets.Tables().of(dataset).column("extra").tolist() == ["x", "x", "x"]
    assert datasets.Tables().of(dataset).column("height").isna().tolist() == [False, False, True]
    with pytest.raises(DatasetInvalid, match="lacks the columns: patient"):
        datasets.Tables().of(dataset).column("patient")


def frame_as(form, frame):
    return frame.to_csv(index=False).encode() if form == "csv" else frame.to_parquet()


TIMES = ["2024-02-29 10:00:00.000001", None, "1900-01-01", "2100-12-31"]
PEOPLE = pd.DataFrame(
    {
        "n": pd.array([2**53, -(2**53), None, 7] * 5, "Int64"),
        "f": [0.1, 3e38, None, -1e-300] * 5,
        "b": pd.array([True, None, False, True] * 5, "boolean"),
        "c": ["x", None, "y", "x"] * 5,
        "at": pd.to_datetime(TIMES * 5, format="ISO8601"),
        "y": [True, False, None, True] * 5,
    }
)
ALL_KINDS = SignatureSpec(
    task="classification", output_name="y", labels=(False, True),
    features=(
        FeatureSpec(name="at", kind=Kind.TIMESTAMP, required=False),
        FeatureSpec(name="n", kind=Kind.INT, required=False),
        FeatureSpec(name="f", kind=Kind.FLOAT, required=False),
        FeatureSpec(name="b", kind=Kind.BOOL, required=False),
        FeatureSpec(name="c", kind=Kind.CATEGORY, categories=("x", "y"), dtype="category", required=False),
    ),
)  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_every_kind_is_read_the_same_from_both_forms(form):
    dataset = register(frame_as(form, PEOPLE))
    assert (dataset.format, dataset.file.endswith(form), dataset.rows) == (form, True, 20)
    frame = datasets.read_frame(dataset, ALL_KINDS)
    rows = ALL_KINDS.rows_of(frame)[:4]
    assert [row[1:] for row in rows] == [
        (2**53, 0.1, True, "x"), (-(2**53), 3e38, None, None), (None, None, False, "y"),
        (7, -1e-300, True, "x"),
    ]  # fmt: skip
    assert [str(row[0]) for row in rows] == [
        "2024-02-29T10:00:00.000001", "None", "1900-01-01T00:00:00", "2100-12-31T00:00:00",
    ]  # fmt: skip
    assert frame["y"].tolist()[:2] == [True, False]
    assert len(ALL_KINDS.answerable(frame)) == 15
    given = ALL_KINDS.given(frame)
    assert [str(dtype) for dtype in given.dtypes] == [
        "datetime64[us]",
        "float64",
        "float64",
        "float64",
        "category",
    ]
    assert given["at"][0] == pd.Timestamp("2024-02-29 10:00:00.000001")


@pytest.mark.parametrize(
    "written", [("1", "0"), ("true", "false"), ("Yes", "No"), ("TRUE", "FALSE"), ("1.0", "0.0")]
)
def test_labels_of_true_and_false_are_understood(written):
    dataset = register(f"town,height,y\nRome,1,{written[0]}\nOslo,2,{written[1]}\n".encode())
    assert datasets.read_frame(dataset, replace(SPEC, labels=(False, True)))["y"].tolist() == [True, False]


def with_signature(*features, labels=(0, 1)):
    model = make_model()
    signature = model.signatures.get()
    Signature.objects.filter(pk=signature.pk).update(labels=list(labels), output_name="y")
    for position, (name, kind) in enumerate(features):
        example = {"text": "a", "float": 1.0}[kind]
        Feature.objects.create(signature=signature, position=position, name=name, kind=kind, example=example)
    return model


def test_what_does_not_count_is_told_with_the_first_row():
    model = with_signature(("height", "float"), ("town", "text"))
    content = b"height,town,y\n1,a,0\nhigh,b,1\n3,c,\nlow,d,1\n"
    dataset = datasets.register(registered_model=model, role="training", content=content)
    unlabelled, lost = dataset.notes
    assert "1 of 4 rows" in unlabelled
    assert "2 of 4 cells of height, the first in row 3" in lost
    assert "high" not in lost


def test_decimal_commas_in_a_column_of_numbers_are_refused():
    model = with_signature(("height", "float"))
    with pytest.raises(DatasetInvalid, match=r"2 of 2 values of height, the first in row 2"):
        datasets.register(registered_model=model, role="training", content=b"height;y\n1,5;0\n2,5;1\n")


def test_a_dataset_is_described_once_and_redacted_values_are_not_shown():
    model = with_signature(("height", "float"), ("town", "text"))
    rows = "".join(f"{i},{'Rome' if i % 2 else 'Oslo'},{i % 2}\n" for i in range(20))
    content = f"height,town,y\n{rows}".encode()
    dataset = datasets.register(registered_model=model, role="training", content=content)
    height, town, label = dataset.columns_shown()
    assert (height["kind"], height["role"], height["minimum"], height["maximum"]) == (
        "float",
        "feature",
        0,
        19,
    )
    assert sum(height["histogram"]["counts"]) == 20
    assert [one["rows"] for one in town["top"]] == [10, 10]
    assert (label["role"], label["distinct"]) == ("label", 2)
    model.redacted_features = ["town", "height"]
    dataset.registered_model = model
    assert [sorted(one) for one in dataset.columns_shown()[:2]] == [
        ["distinct", "kind", "missing", "name", "role"]
    ] * 2
    again = datasets.register(registered_model=model, role="evaluation", content=content)
    assert ["top" in one or "minimum" in one for one in again.columns] == [False, False, True]
