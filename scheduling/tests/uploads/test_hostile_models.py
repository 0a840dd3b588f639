"""Crafted contents are refused before anything is predicted; nothing but the child sees them."""

import os

import pytest

from conftest import iris_spec
from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.model_files.hostile_models import HOSTILE_MODELS, content_of
from scheduling.uploads import sandbox
from scheduling.uploads.opening import open_skops
from scheduling.uploads.refusals import Refused
from scheduling.uploads.structure.container import checked_file


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", HOSTILE_MODELS)
def test_it_is_refused_in_one_sentence(name):
    content, code = content_of(name)
    with pytest.raises(Refused) as caught:
        open_skops(*checked_file(content))
    assert caught.value.code == code, str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["a child outside", "labels outside", "four million support vectors"])
def test_the_sandbox_tells_so_and_leaves_nothing(name, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    content, code = content_of(name)
    with pytest.raises(sandbox.SandboxRefused) as caught:
        sandbox.examine(content, spec=iris_spec(), frame=read_csv("evaluation"))
    assert (caught.value.code, caught.value.is_opened) == (code, True)
    assert os.listdir(tmp_path) == []
