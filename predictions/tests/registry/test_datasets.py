"""Datasets: registered once, read as the signature says."""

from dataclasses import replace

import pytest

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset
from predictions.registry import datasets
from predictions.registry.artefacts import ArtefactCorrupt, ArtefactMissing
from predictions.registry.datasets import DatasetInvalid
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


def test_a_file_that_is_gone_or_changed_is_not_read(settings):
    dataset = register()
    path = settings.MEDIA_ROOT / dataset.file
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
