"""What cannot be replayed is told with the reason, and ends with 2."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from predictions.models import ModelVersion
from scheduling.models import Run
from scheduling.tests.replay.replays import judged
from scheduling.tests.run_factory import make_run, make_running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]


def refusal(pk):
    with pytest.raises(CommandError) as ended:
        call_command("replay_run", str(pk))
    assert ended.value.returncode == 2
    return str(ended.value)


@pytest.fixture
def run(iris, live, strong):
    return judged(iris, strong)


def test_no_such_run(db):
    assert " 99 " in refusal(99)


def test_a_run_that_judged_nothing(iris):
    assert "only retrain, validate, upload do" in refusal(make_run(iris, task="prune").pk)


def test_a_run_that_is_not_over(iris):
    assert "is running " in refusal(make_running(iris).pk)


def test_a_run_that_ended_before(iris):
    run = make_running(iris)
    Run.objects.close(run, status="failed", reason="Not flipped: no data.")
    said = refusal(run.pk)
    assert "is failed " in said
    assert said.endswith("Not flipped: no data.")


def test_pruned_files(run, strong):
    ModelVersion.objects.filter(pk=strong.pk).update(retired_at=timezone.now())
    assert "iris 1.1 were pruned at 2" in refusal(run.pk)


def test_every_file_that_was_changed_or_is_missing_is_named(run, live, strong, config):
    (config.MEDIA_ROOT / strong.artefact).write_bytes(b"another")
    (config.MEDIA_ROOT / live.served_form).unlink()
    said = refusal(run.pk)
    assert f"the candidate: {strong.artefact} " in said
    assert f"the live version's served form: {live.served_form} " in said


@pytest.mark.parametrize("what", ["evaluation", "training"])
def test_data_that_was_changed(run, what, iris, config):
    path = config.MEDIA_ROOT / iris.datasets.get(role=what).file
    path.write_bytes(path.read_bytes().replace(b"5.1", b"5.2"))
    assert f"the {what} set: datasets/iris/" in refusal(run.pk)


def test_evidence_that_was_changed(run, config):
    (config.MEDIA_ROOT / run.evidence_file.file).write_bytes(b"better figures")
    assert "the evidence file: evidence/iris/" in refusal(run.pk)


def test_a_row_that_was_rewritten_is_not_the_runs(run, strong):
    ModelVersion.objects.filter(pk=strong.pk).update(artefact_sha256="0" * 64)
    assert " 000000000000…" in refusal(run.pk)


def test_checks_and_limits_that_are_no_more(run):
    evidence = Run.objects.get(pk=run.pk).evidence
    limits = evidence["limits"]
    Run.objects.filter(pk=run.pk).update(evidence=evidence | {"limits": limits | {"gone": {}}})
    assert "the check gone" in refusal(run.pk)
    limits = limits | {"latency": {"gone": 1}}
    Run.objects.filter(pk=run.pk).update(evidence=evidence | {"limits": limits})
    assert "limit gone" in refusal(run.pk)


def test_a_version_that_does_not_load_any_more(run, monkeypatch):
    from predictions.registry.loading import VersionUnloadable

    def fails(version):
        raise VersionUnloadable("it answers its golden rows otherwise")

    monkeypatch.setattr("predictions.registry.loading.load", fails)
    assert refusal(run.pk).endswith(" it answers its golden rows otherwise")


@pytest.mark.parametrize("gate", [{}, {"kind": 3, "reason": ""}, "promoted"])
def test_a_decision_that_was_rewritten_into_nonsense(run, gate):
    Run.objects.filter(pk=run.pk).update(evidence=run.evidence | {"gate": gate})
    assert "inputs" in refusal(run.pk)


@pytest.mark.parametrize(
    "change",
    [
        {"gate": None},
        {"log": None},
        {"policy": {"primary_metric": 1}},
        {"looks": "two"},
        {"strange": 1},
        {"limits": []},
    ],
)
def test_evidence_that_was_rewritten_into_nonsense(run, change):
    Run.objects.filter(pk=run.pk).update(evidence=run.evidence | change)
    assert refusal(run.pk)
