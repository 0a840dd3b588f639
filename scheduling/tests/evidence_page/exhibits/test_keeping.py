"""Keeping the exhibits: same bits on replay, no failure of a run, nothing written by a run that is over."""

import pytest

from predictions.registry import artefacts
from scheduling.evidence_page import exhibits, page
from scheduling.evidence_page.exhibits.base import Exhibit
from scheduling.judging.judge import judge
from scheduling.models import EvidenceFile, Run
from scheduling.runs.transitions import RunFenced
from scheduling.tests.evidence_factory import make_evidence
from scheduling.tests.run_factory import make_running

pytestmark = pytest.mark.usefixtures("api", "rehearsed")


def judged(model, candidate):
    run = make_running(model)
    judge(run, candidate)
    run.refresh_from_db()
    return run


def test_a_run_keeps_its_exhibits_with_their_hash(iris, live, strong, config):
    row = judged(iris, strong).evidence_file
    content = (config.MEDIA_ROOT / row.file).read_bytes()
    assert row.file.startswith("evidence/iris/")
    assert row.sha256 == artefacts.sha256_of(content)
    assert len(content) < 20_000


@pytest.mark.usefixtures("drawn")
def test_the_same_evidence_makes_the_same_file(iris, weak, forests):
    made = []
    for _ in range(2):
        run = make_running(iris)
        exhibits.keep_exhibits(run, make_evidence(forests), {})
        made.append(run.evidence_file.sha256)
    assert made[0] == made[1]


def test_an_exhibit_that_cannot_be_made_fails_no_run(iris, live, strong, monkeypatch):
    class Broken(Exhibit):
        id, title = "broken", "Broken"

    monkeypatch.setattr(exhibits, "EXHIBITS", (Broken(),))
    run = judged(iris, strong)
    (shown,), problem = page.read(run)
    assert (run.decision, problem) == ("promoted", "")
    assert shown["note"].endswith(": NotImplementedError")


def test_a_disk_that_is_full_fails_no_run_and_is_told(iris, live, strong, monkeypatch):
    def full(content, **where):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(artefacts, "store", full)
    run = judged(iris, strong)
    assert (run.decision, run.evidence_file.file) == ("promoted", "")
    assert page.read(run)[1].endswith(": OSError: No space left on device")


def test_a_run_that_is_over_writes_no_row(iris, live, strong, forests):
    run = make_running(iris)
    Run.objects.cancel(run, reason="cancelled")
    with pytest.raises(RunFenced):
        exhibits.keep_exhibits(run, make_evidence(forests), {})
    assert not EvidenceFile.objects.exists()
