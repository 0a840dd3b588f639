"""LightGBM and XGBoost come in their own formats, and their trees are walked before anything asks them."""

import json
import subprocess
import sys
from base64 import b64encode
from contextlib import suppress
from functools import cache

import numpy as np
import pytest
from skops.io import get_untrusted_types

from mlsite.tests.processes import ROOT
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.tests.model_files.boosted_models import BOOSTED, xgboost
from scheduling.tests.model_files.honest_models import MIXED
from scheduling.tests.model_files.hostile_boosters import HOSTILE_BOOSTERS
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.tests.uploads.test_allowed import OF_BOOSTERS, opened
from scheduling.uploads import sandbox
from scheduling.uploads.audit import boosters
from scheduling.uploads.refusals import Refused
from scheduling.uploads.sandbox import SandboxRefused


@cache
def honest(name):
    """A model, rows for it, and its file."""
    model, rows = BOOSTED[name]()
    return model, rows, as_skops(model)


@pytest.mark.parametrize("name", BOOSTED)
def test_an_honest_model_is_taken_and_answers_the_same(name):
    model, rows, content = honest(name)
    again = opened(content)
    assert type(again) is type(model)
    assert np.array_equal(again.predict(rows), model.predict(rows))


@pytest.mark.parametrize("name", ["lightgbm", "xgboost"])
def test_numbers_as_categories_are_still_known_when_the_file_is_opened(name):
    """What was kept of them is in the file; the sandbox, which has little, reads it there."""
    rows = MIXED.assign(e=MIXED["e"].cat.codes.astype("category"))[["e", "a"]]
    labels = [int(one) for one in rows["e"] == 1]
    model, *_ = BOOSTED[f"{name} with categories"]()
    e = FeatureSpec(name="e", kind=Kind.CATEGORY, categories=("0", "1", "2"), dtype="category")
    spec = SignatureSpec("classification", "y", (0, 1), (e, FeatureSpec(name="a", kind=Kind.FLOAT)))
    frame = rows.assign(e=rows["e"].astype(str), a=rows["a"].astype(float), y=labels)
    with pytest.raises(SandboxRefused, match=r"numbers.*“e”.*closed list of texts") as caught:
        sandbox.examine(as_skops(model.fit(rows, labels)), spec=spec, frame=frame)
    assert caught.value.code == "own_categories"
    model.fit(rows.assign(e=rows["e"].cat.rename_categories(str)), labels)
    assert sandbox.examine(as_skops(model), spec=spec, frame=frame).compiled.rung == "host"


def test_they_need_each_entry_of_theirs():
    needed = {name for model in BOOSTED for name in get_untrusted_types(data=honest(model)[2])}
    assert needed - {"numpy.dtype"} == OF_BOOSTERS


@pytest.mark.parametrize(("name", "package"), [("lightgbm", "lightgbm"), ("xgboost", "xgboost")])
def test_without_the_library_the_package_is_named(monkeypatch, name, package):
    monkeypatch.setattr(boosters, "find_spec", lambda root: None)
    with pytest.raises(Refused) as caught:
        opened(honest(name)[2])
    assert (caught.value.code, package in str(caught.value)) == ("absent_library", True)


def test_without_xgboost_nothing_is_looked_for(monkeypatch):
    monkeypatch.delitem(sys.modules, "xgboost")
    boosters.refuse_xgboost(object())


# Opens each of the files in a child of its own, and says by which codes they are refused, or how it ended.
CHECK = f"""
import json, os, sys
from base64 import b64decode
sys.path.insert(0, {str(ROOT)!r})
import skops.io, xgboost
from scheduling.uploads.opening import open_skops
from scheduling.uploads.refusals import Refused
from scheduling.uploads.sandbox import SandboxRefused
from scheduling.uploads.structure.container import checked_file
for name, content in json.load(sys.stdin).items():
    if os.fork() == 0:
        try:
            open_skops(*checked_file(b64decode(content)))
            print(name, "taken", sep="\t", flush=True)
        except Refused as error:
            print(name, error.code, sep="\t", flush=True)
        os._exit(0)
    if os.wait()[1]:
        print(name, "died", sep="\t", flush=True)
"""


@pytest.mark.parametrize("name", [name for name in HOSTILE_BOOSTERS if name.startswith("lightgbm")])
def test_a_crafted_text_is_refused_before_lightgbm_reads_it(monkeypatch, name):
    monkeypatch.setattr("skops.io.loads", lambda *a, **k: pytest.fail("it is read"))
    with pytest.raises(Refused) as caught:
        opened(HOSTILE_BOOSTERS[name]())
    assert caught.value.code == "crafted"


def test_crafted_boosters_of_xgboost_are_refused_before_they_are_asked():
    """XGBoost's own reader may refuse one, or die: in the child alone."""
    files = {}
    for name in HOSTILE_BOOSTERS:
        if name.startswith("xgboost"):
            with suppress(xgboost.core.XGBoostError):  # this one it does not even write
                files[name] = b64encode(HOSTILE_BOOSTERS[name]()).decode()
    assert len(files) >= 6
    done = subprocess.run(
        [sys.executable, "-I", "-c", CHECK], input=json.dumps(files).encode(), capture_output=True, timeout=60
    )
    told = dict(line.split("\t") for line in done.stdout.decode().splitlines())
    assert told.keys() == files.keys(), done.stderr
    assert set(told.values()) <= {"crafted", "unreadable", "died"}, told
    assert list(told.values()).count("crafted") >= 5, told
