"""Functions that settings name: found without importing anything, and named where they are not there."""

import sys

import pytest

from scheduling.runs.system_checks import check_named_functions

SOURCE = """
import math as maths
from os.path import *{star}
fitted = lambda frame, context: None
raise SystemExit("imported")
def train(frame, context):
    pass
"""


@pytest.fixture(autouse=True)
def _package(tmp_path, monkeypatch):
    (tmp_path / "gym_of_ours").mkdir()
    (tmp_path / "gym_of_ours" / "__init__.py").write_text("raise SystemExit('imported')")
    (tmp_path / "gym_of_ours" / "plain.py").write_text(SOURCE.format(star="").replace("*", "join"))
    (tmp_path / "gym_of_ours" / "star.py").write_text(SOURCE.format(star=""))
    (tmp_path / "gym_of_ours" / "broken.py").write_text("def train(:")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.parametrize("path", ["plain:train", "plain:fitted", "plain:maths", "plain:join", "star:trian"])
def test_what_is_there_or_may_be_is_fine(config, path):
    config.TRAINERS = {"members": f"gym_of_ours.{path}"}
    assert check_named_functions() == []
    assert "gym_of_ours" not in sys.modules


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("gym_of_ours.plain:trian", "Write train."),
        ("gym_of_ours.plain:zzz", "no zzz"),
        ("gym_of_ours.plane:train", "no module gym_of_ours.plane"),
        ("gym_of_theirs:train", "no module gym_of_theirs"),
        ("gym_of_ours.plain.deeper:train", "no module gym_of_ours.plain.deeper"),
        ("gym_of_ours.broken:train", "line 1"),
    ],
)
@pytest.mark.parametrize("key", ["TRAINERS", "SOURCE_CALLABLES"])
def test_what_is_not_there_is_named(config, key, path, named):
    setattr(config, key, {"members": path})
    (warning,) = check_named_functions()
    assert warning.id == "scheduling.W008"
    assert key in warning.msg
    assert path in warning.msg
    assert named in f"{warning.msg} {warning.hint}"
    assert "gym_of_ours" not in sys.modules
