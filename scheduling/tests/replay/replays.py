"""Runs that were judged, and their replays, as the command makes them: reading only."""

import gzip
import json
from io import StringIO

import pytest
from django.core.management import call_command

from predictions.registry import artefacts
from scheduling.judging.judge import judge
from scheduling.management.commands.replay_run import run_of
from scheduling.models import CheckResult, EvidenceFile
from scheduling.replay.guards import read_only
from scheduling.replay.replaying import replay
from scheduling.tests.run_factory import make_running


def judged(model, candidate, **columns):
    """A finished run of this candidate."""
    run = make_running(model, **columns)
    judge(run, candidate)
    run.refresh_from_db()
    assert run.status == "finished"
    return run


def replayed(run):
    """The run once more, found by its number."""
    again = run_of(run.pk)
    with read_only():
        return replay(again)


def assert_same(run):
    """Same decision, same figures; return the replay."""
    again = replayed(run)
    assert again.differences == []
    assert again.decision == again.record.decision
    assert again.record.changed == []
    return again


def how(again):
    """Check -> how it was answered."""
    return {check.id: check.how.name for check in again.checks}


def tamper(run, check, **columns):
    """Rewrite an outcome, as only who may write SQL can."""
    CheckResult.objects.filter(run=run, check_id=check).update(**columns)


def forget_rehearsal(run):
    """Let the evidence file hold the exhibits alone."""
    rewrite(run, lambda kept: kept | {"rehearsal": None})


def rewrite(run, change):
    """Let the evidence file be another: what `change` returns, or what it made of the old one."""
    row = EvidenceFile.objects.get(run=run)
    kept = json.loads(gzip.decompress(artefacts.read(row.file, sha256=row.sha256)))
    content = gzip.compress(json.dumps(change(kept) or kept).encode())
    path = artefacts.store(content, folder="evidence/iris", filename=f"other-{run.pk}.json.gz")
    EvidenceFile.objects.filter(run=run).update(file=path, sha256=artefacts.sha256_of(content))


def command(name, *arguments, code=0):
    """Call a command; return what it printed, and expect this exit code."""
    out = StringIO()
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command(name, *map(str, arguments), stdout=out)
        assert ended.value.code == code
    else:
        call_command(name, *map(str, arguments), stdout=out)
    return out.getvalue()


def as_json(name, *arguments, code=0):
    """The same as values."""
    return json.loads(command(name, *arguments, "--json", code=code))
