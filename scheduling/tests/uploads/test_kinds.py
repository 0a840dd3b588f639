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
from scheduling.uploads.kinds import refuse_other_kinds
from scheduling.uploads.refusals import Refused

CONVERT = "skops.io.dump(model, 'model.skops')"
MODEL = {"a": [1, 2, 3]}


def joblib_of(compress):
    buffer = io.BytesIO()
    joblib.dump(MODEL, buffer, compress=compress)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "empty_file", "The file is empty"),
        (packed({}), "empty_zip", "a zip with nothing in it"),
        (pickle.dumps(MODEL), "pickle", "opening a pickle can run code"),
        (pickle.dumps(MODEL, protocol=2), "pickle", "a pickle"),
        (joblib_of(0), "pickle", "joblib writes these too"),
        (joblib_of(3), "compressed", "as joblib does it"),
        (joblib_of(("gzip", 3)), "compressed", "compressed"),
        (joblib_of(("bz2", 3)), "compressed", "compressed"),
        (joblib_of(("xz", 3)), "compressed", "compressed"),
        (joblib_of(("lzma", 3)), "compressed", "compressed"),
        (gzip.compress(as_skops(MODEL)), "compressed", "compressed"),
        (bz2.compress(b"x"), "compressed", "compressed"),
        (lzma.compress(b"x"), "compressed", "compressed"),
        (zlib.compress(b"x", 9), "compressed", "compressed"),
        (b"\x89HDF\r\n\x1a\n", "hdf5", "as Keras writes it"),
        (b"hello, this is my model\n", "text", "The file is text"),
        (json.dumps({"learner": {}}).encode(), "text", "The file is text"),
        (b"tree\nversion=v4\nnum_class=1\n", "text", "The file is text"),
        ("käse".encode(), "text", "The file is text"),
        ((FIXTURES / "evaluation.csv").read_bytes(), "text", "The file is text"),
        (bytes(range(256)), "unknown_file", "does not begin as a zip"),
        (b"\xff\xfe\x00", "unknown_file", "no skops file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_another_file_is_told_what_it_is(content, code, said):
    with pytest.raises(Refused) as caught:
        refuse_other_kinds(content)
    assert caught.value.code == code
    assert said in str(caught.value)
    assert CONVERT in str(caught.value)


def test_an_onnx_model_is_told_that_the_other_one_is_needed(forests):
    with pytest.raises(Refused, match="the scikit-learn model that is needed") as caught:
        refuse_other_kinds(forests["weak"][1].served_form)
    assert caught.value.code == "onnx"


def test_a_zip_is_looked_into_later():
    refuse_other_kinds(as_skops(make_forest()))
    refuse_other_kinds(packed({"a.txt": "x"}))
