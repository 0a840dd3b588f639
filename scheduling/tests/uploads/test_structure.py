"""Crafted files are refused by their structure, with the reason, before what could build them is loaded."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import sklearn
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from conftest import iris_spec
from mlsite.tests.processes import ROOT
from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.model_files.hostile_uploads import HOSTILE
from scheduling.tests.model_files.upload_factory import as_skops, make_forest
from scheduling.uploads import sandbox
from scheduling.uploads.opening import open_skops
from scheduling.uploads.refusals import SENTENCES, Refused
from scheduling.uploads.structure import limits
from scheduling.uploads.structure.container import checked_file

HEAVY = ("sklearn", "skops", "skl2onnx", "onnx", "onnxruntime", "pandas", "scipy")
# Checks the file on its standard input in a process of its own, and says what was loaded for it.
CHECK = f"""
import json, resource, sys
sys.path.insert(0, {str(ROOT)!r})
from scheduling.uploads.structure.container import checked_file
from scheduling.uploads.opening import open_skops
from scheduling.uploads.refusals import Refused
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
content = sys.stdin.buffer.read()
try:
    code = checked_file(content) and ""
except Refused as error:
    code = error.code
loaded = [name for name in {HEAVY} if name in sys.modules]
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 - len(content)
print(json.dumps([code, loaded, grown]))
"""


def refused(content):
    with pytest.raises(Refused) as caught:
        checked_file(content)
    return caught.value


@pytest.mark.parametrize("name", HOSTILE)
def test_a_crafted_file_is_refused_by_its_structure(name):
    make, code = HOSTILE[name]
    done = subprocess.run(
        [sys.executable, "-I", "-c", CHECK], input=make(), capture_output=True, check=True, timeout=60
    )
    told, loaded, grown = json.loads(done.stdout)
    assert (told, loaded) == (code, [])
    assert grown < 400 * 2**20


@pytest.mark.parametrize("name", ["a billion laughs, by reference", "25 pipelines", "a header that calls"])
def test_the_sandbox_tells_the_reason_without_having_opened_it(name):
    make, code = HOSTILE[name]
    with pytest.raises(sandbox.SandboxRefused) as caught:
        sandbox.examine(make(), spec=iris_spec(), frame=read_csv("evaluation"))
    assert (caught.value.code, caught.value.is_opened) == (code, False)


def test_an_honest_file_is_given_on_with_the_same_members():
    content = as_skops(make_forest())
    plain, schema = checked_file(content)
    before, after = (zipfile.ZipFile(io.BytesIO(one)) for one in (content, plain))
    assert {name: before.read(name) for name in before.namelist()} == {
        name: after.read(name) for name in after.namelist()
    }
    assert (schema.holds, schema.name, len(schema.estimators)) == ("ObjectNode", "RandomForestClassifier", 7)


def test_words_that_schemas_are_made_of_may_be_in_a_vocabulary():
    words = [
        "__loader__",
        "__class__",
        "__module__",
        "__id__",
        "file",
        "content",
        "type",
        "_sklearn_version",
        "protocol",
    ]
    counted = make_pipeline(CountVectorizer(token_pattern=r"\S+"), LogisticRegression())
    content = as_skops(counted.fit(words, [0, 1] * 4 + [0]))
    plain, schema = checked_file(content)
    opened = open_skops(plain, schema)
    assert opened.predict(words).tolist() == counted.predict(words).tolist()
    assert schema.versions == {sklearn.__version__}


@pytest.mark.parametrize(
    ("limit", "most", "code"),
    [
        ("MOST_MEMBERS", 3, "many_members"),
        ("MOST_DIRECTORY_BYTES", 100, "many_members"),
        ("MOST_UNPACKED_BYTES", 100_000, "large_unpacked"),
        ("MOST_ARRAY_BYTES", 100, "large_array"),
        ("MOST_HEADER_BYTES", 50, "damaged_array"),
        ("MOST_SCHEMA_BYTES", 1_000, "large_schema"),
        ("MOST_MARKS", 100, "many_nodes"),
        ("MOST_NODES", 100, "many_nodes"),
        ("DEEPEST_JSON", 5, "deep_schema"),
        ("DEEPEST_NODES", 3, "deep_schema"),
        ("MOST_ESTIMATORS", 5, "many_estimators"),
        ("DEEPEST_ESTIMATORS", 1, "deep_estimators"),
    ],
)
def test_each_limit_holds_on_an_honest_file(monkeypatch, limit, most, code):
    content = as_skops(make_forest())
    checked_file(content)
    monkeypatch.setattr(limits, limit, most)
    assert refused(content).code == code


def test_growth_is_limited_beyond_what_is_free(monkeypatch):
    content = as_skops(make_forest())
    monkeypatch.setattr(limits, "MOST_GROWTH", 0.5)
    checked_file(content)
    monkeypatch.setattr(limits, "GROWTH_FREE_BYTES", 1_000)
    assert refused(content).code == "grows"


def test_every_limit_says_why_it_is_there():
    lines = Path(limits.__file__).read_text().splitlines()
    named = [line for line in lines if line.startswith(("MOST_", "DEEPEST_", "GROWTH_"))]
    assert len(named) == 15
    assert all("  # " in line for line in named)


def test_every_sentence_ends_and_says_what_to_do():
    """The whole of them is read in one place; each has a remedy in its last words."""
    remedies = ("{save}", "{again}", "{smaller}", ".")
    assert all(sentence.endswith(remedies) and ". " in sentence for sentence in SENTENCES.values())
