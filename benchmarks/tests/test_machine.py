"""What is read off the machine, off wrk and off the project's own files."""

import json
import re

import pytest

from benchmarks.load import wrk
from benchmarks.measures.memory import megabytes
from benchmarks.reporting.machine import OF_EACH_ENVIRONMENT, libraries, processor
from benchmarks.reporting.results import NotMeasured
from benchmarks.server import ours
from benchmarks.server.process import ROOT

NO_FAILURE = dict.fromkeys(("connect", "read", "write", "status", "timeout"), 0)


def test_the_processor_is_named():
    assert processor("processor\t: 0\nmodel name\t: Some Chip 9\nflags\t: a\n") == "Some Chip 9"
    assert processor("no such line") != ""


def test_versions_are_told_of_the_environments_that_are_there(tmp_path):
    assert libraries(tmp_path) == {}
    installed = tmp_path / "web/lib/python3.11/site-packages/Django-5.2.19.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: Django\nVersion: 5.2.19\n")
    told = libraries(tmp_path)
    assert set(told) == {"web"}
    assert told["web"].startswith("Django 5.2.19, djangorestframework absent")


def test_memory_is_read_in_megabytes():
    rollup = "559 rollup\nRss:              122880 kB\nPss:               92160 kB\nPss_Dirty: 5 kB\n"
    assert megabytes(rollup) == {"Rss": 120.0, "Pss": 90.0}


def test_a_run_of_wrk_is_read():
    told = {"requests": 3000, "microseconds": 1_500_000, "p50": 90.0, "p99": 400.0, "failed": NO_FAILURE}
    volley = wrk.read(json.dumps(told), "ours")
    assert (volley.per_second, volley.p50, volley.p99) == (2000, 90, 400)


@pytest.mark.parametrize("change", [{"requests": 0}, {"failed": NO_FAILURE | {"status": 3}}])
def test_a_run_with_failed_requests_is_no_measurement(change):
    told = {"requests": 3000, "microseconds": 1, "p50": 1, "p99": 1, "failed": NO_FAILURE} | change
    with pytest.raises(NotMeasured, match="ours"):
        wrk.read(json.dumps(told), "ours")


def test_our_server_starts_as_the_procfile_says():
    line = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
    assert ours.command().count("-m granian") == 1
    assert ours.command().split("-m granian")[1] == line.split(".venv/bin/granian")[1]


def pins(path):
    return dict(re.findall(r"^([\w-]+)(?:\[\w+\])?==([^\s;\\]+)", path.read_text(), re.MULTILINE))


@pytest.mark.parametrize("rival", ["bentoml", "fastapi", "mlserver"])
def test_a_rival_has_our_versions_of_what_computes(rival):
    """Another scikit-learn would not load the forest, and another ONNX Runtime would be another race."""
    theirs, own = pins(ROOT / f"benchmarks/requirements/{rival}.in"), pins(ROOT / "requirements.txt")
    shared = {"scikit-learn", "scipy", "numpy", "joblib", "onnxruntime", "msgspec"} & theirs.keys()
    assert {"scikit-learn", "scipy", "numpy", "joblib"} <= shared
    assert {name: theirs[name] for name in shared} == {name: own[name] for name in shared}


def test_every_rival_has_its_versions_told():
    rivals = {path.stem for path in (ROOT / "benchmarks/requirements").glob("*.in")}
    assert set(OF_EACH_ENVIRONMENT) == {"web", *(f"bench-{rival}" for rival in rivals)}
