"""However a snapshot ends, no file stays that no row names."""

import pytest

from predictions.conf import config
from predictions.models import Dataset
from scheduling.models import Run
from scheduling.runs import drafts
from scheduling.runs.transitions import RunFenced
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.snapshots import snapshot
from scheduling.tests.sources.shop import make_retraining, make_source


def files():
    return [path for path in config.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_a_run_that_was_cancelled_meanwhile_registers_nothing(model, shop, monkeypatch):
    make_source(model)
    run = make_retraining(model)

    def cancel(*arguments):
        Run.objects.cancel(run, reason="by a test")

    monkeypatch.setattr("scheduling.sources.snapshots._refuse_known", cancel)
    with pytest.raises(RunFenced):
        snapshot(run, model)
    assert not files()
    assert not Dataset.objects.exists()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [("SOURCE_MAX_ROWS", 100, "more than 100 rows"), ("SOURCE_MAX_BYTES", 100, "larger than 100 bytes")],
)
def test_over_a_limit(model, shop, config, name, value, why):
    make_source(model)
    setattr(config, name, value)
    with pytest.raises(SourceRefused, match=why):
        snapshot(make_retraining(model), model)
    assert not files()


def test_what_a_killed_run_left_is_swept_once_it_has_ended(model):
    run = make_retraining(model)
    folder = config.MEDIA_ROOT / drafts.FOLDER / f"run-{run.pk}"
    folder.mkdir(parents=True)
    (folder / "training-all.parquet").write_bytes(b"half")
    drafts.sweep()
    assert files()
    Run.objects.close(run, status=Run.Status.FAILED, reason="killed")
    drafts.sweep()
    assert not files()
