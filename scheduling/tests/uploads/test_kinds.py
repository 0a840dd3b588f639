"""What people send instead of a skops file is told what it is, by its first bytes, and how to convert it."""

import bz2
import gzip
import io
import json
import lzma
import pickle
import zlib

import joblib
import pytest

from conftest import FIXTURES
from scheduling.tests.hostile_uploads import packed
from scheduling.tests.upload_factory import as_skops, make_forest
from scheduling.uploads.refusals import Refused, refuse_other_kinds

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
        refuse_other_kinds(content)
    assert caught.value.code == code
    assert CONVERT in str(caught.value)


def test_an_onnx_model_is_told_that_the_other_one_is_needed(forests):
    with pytest.raises(Refused) as caught:
        refuse_other_kinds(forests["weak"][1].served_form)
    assert caught.value.code == "onnx"


def test_a_zip_is_looked_into_later():
    refuse_other_kinds(as_skops(make_forest()))
    refuse_other_kinds(packed({"a.txt": "x"}))
