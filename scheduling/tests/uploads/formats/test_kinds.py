"""What people send instead of a skops file is told what it is, by its first bytes, and how to convert it."""

import bz2
import gzip
import io
import json
import lzma
import pickle
import zlib

import joblib
import onnx
import pytest

from conftest import FIXTURES
from scheduling.tests.model_files.hostile_uploads import packed
from scheduling.tests.model_files.upload_factory import as_skops, make_forest
from scheduling.uploads.kinds import Kind, kind_of
from scheduling.uploads.refusals import Refused

CONVERT = "skops.io.dump(model, 'model.skops')"
MODEL = {"a": [1, 2, 3]}


def joblib_of(compress):
    buffer = io.BytesIO()
    joblib.dump(MODEL, buffer, compress=compress)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (packed({}), "empty_zip"),
        (pickle.dumps(MODEL), "pickle"),
        (pickle.dumps(MODEL, protocol=2), "pickle"),
        (joblib_of(0), "pickle"),
        (joblib_of(3), "compressed"),
        (joblib_of(("gzip", 3)), "compressed"),
        (joblib_of(("bz2", 3)), "compressed"),
        (joblib_of(("xz", 3)), "compressed"),
        (joblib_of(("lzma", 3)), "compressed"),
        (gzip.compress(as_skops(MODEL)), "compressed"),
        (bz2.compress(b"x"), "compressed"),
        (lzma.compress(b"x"), "compressed"),
        (zlib.compress(b"x", 9), "compressed"),
        (b"\x89HDF\r\n\x1a\n", "hdf5"),
        (b"hello, this is my model\n", "text"),
        (json.dumps({"learner": {}}).encode(), "text"),
        (b"tree\nversion=v4\nnum_class=1\n", "text"),
        ("käse".encode(), "text"),
        ((FIXTURES / "evaluation.csv").read_bytes(), "text"),
        (bytes(range(256)), "unknown_file"),
        (b"\xff\xfe\x00", "unknown_file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_another_file_is_told_what_it_is(content, code):
    with pytest.raises(Refused) as caught:
        kind_of(content)
    assert caught.value.code == code
    assert (CONVERT in str(caught.value)) is (code != "hdf5")


def test_what_is_opened_is_known_by_its_first_bytes(forests):
    assert kind_of(as_skops(make_forest())) is Kind.SKOPS
    assert kind_of(packed({"a.txt": "x"})) is Kind.SKOPS  # looked into later
    assert kind_of(forests["weak"][1].served_form) is Kind.ONNX
    assert kind_of(b"CBM1") is Kind.CATBOOST


@pytest.mark.parametrize("first", ["producer_name", "domain", "doc_string", "graph"])
def test_a_graph_is_known_whatever_its_first_field_is(first):
    model = onnx.ModelProto(ir_version=10)
    if first == "graph":
        model.graph.name = "g"
    else:
        setattr(model, first, "x")
    assert kind_of(model.SerializeToString()) is Kind.ONNX
