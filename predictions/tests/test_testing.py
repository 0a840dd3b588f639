"""What a project's own tests use: each begins with nothing loaded, and no key of the test before misleads."""

import json

import pytest

from conftest import register
from predictions.conf import config
from predictions.in_process import NoLiveVersion, predict
from predictions.log import spool
from predictions.serving import answering, serving
from predictions.testing import follow_once, fresh_worker
from predictions.tests.factories import make_live

ROW = {"sepallength": 6.5, "sepalwidth": 3.0, "petallength": 5.8, "petalwidth": 2.2}


def test_a_test_has_folders_and_a_log_of_its_own_and_leaves_nothing(iris, forests, client):
    before = config.MEDIA_ROOT
    with fresh_worker() as folder:
        make_live(register(iris, forests["weak"], name="weak", source="fixture"))
        follow_once()
        assert client.post("/predict", json.dumps(ROW), content_type="application/json").status_code == 200
        assert config.MEDIA_ROOT == folder / "media"
        assert [*(folder / "media").rglob("*.onnx")]
        assert (spool.state().appended, len([*(folder / "spool").iterdir()])) == (1, 1)
    assert (config.MEDIA_ROOT, folder.exists(), spool.state().appended) == (before, False, 0)
    assert not serving.current().known


def test_with_what_a_test_before_had_live_nothing_is_answered(live, iris):
    assert predict("iris", [ROW])
    with fresh_worker(), pytest.raises(NoLiveVersion):
        predict("setosa", [ROW])
    assert not serving.current().known


def test_a_version_is_not_taken_for_one_of_a_test_before_with_its_key(weak, strong):
    strong.pk = strong.id = weak.pk  # as SQLite gives it after a rollback
    loaded = [answering.shelf.get(version) for version in (weak, strong, weak)]
    assert [one.name for one in loaded] == [weak.name, strong.name, weak.name]
    assert loaded[0] is loaded[2]
