"""Real servers: two versions in one, and versions that hang, eat memory or crash while they are asked."""

import signal

import psutil
import pytest

from conftest import FIXTURES
from predictions.models import Worker
from predictions.registry import datasets
from predictions.registry.datasets import Tables
from scheduling.evidence.rehearsed import MemoryLimitReached, NoAnswer, RehearsalFailed, ServerCrashed
from scheduling.judging.gathering import gather
from scheduling.rehearsal import server, session
from scheduling.rehearsal.session import rehearse
from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.inputs_factory import inputs_of
from scheduling.tests.model_files.hostile_factory import ROW, register_hostile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("server_uses_this_database")]


@pytest.fixture
def once(monkeypatch):
    """Each row is asked once."""
    monkeypatch.setattr(session, "LEAST_REQUESTS", 1)


def rows_of(version, count=3):
    return dict(enumerate(version.signature.spec().rows_of(read_csv("evaluation").head(count))))


def test_both_are_asked_in_one_server_and_each_answers_as_itself(iris, live, strong):
    workers = Worker.objects.count()
    played = rehearse(strong, rows_of(strong), champion=live, champion_rows=rows_of(live))
    assert [reply.version for reply in played.replies] == ["1.1"] * 3
    assert [reply.version for reply in played.champion.replies] == ["1.0"] * 3
    assert len(played.seconds) == len(played.champion.seconds) >= 200
    assert played.unsteady == played.champion.unsteady == 0
    for one in (played, played.champion):
        [together] = one.together
        assert (together.status, together.version) == (200, one.replies[0].version)
        assert together.body["predictions"] == [reply.body["species"] for reply in one.replies]
    assert {reply.status for reply in played.refusals.values()} == {400}
    assert 0 < played.memory_mb < 100
    assert played.server_mb > 30
    assert Worker.objects.count() == workers  # a rehearsal's server is no worker of the web tier


def test_one_that_hangs_is_told_of(iris, forests, monkeypatch, once):
    monkeypatch.setattr(server, "REQUEST_SECONDS", 1.0)
    hostile = register_hostile(iris, forests, "hangs")
    with pytest.raises(NoAnswer, match=r"1\.0 .* 1 s ") as caught:
        rehearse(hostile, rows_of(hostile) | {3: ROW})
    assert caught.value.words.startswith(f"row {len(rows_of(hostile))} ")
    assert "1000" not in str(caught.value)


def test_one_that_eats_memory_is_told_of(iris, forests, once):
    hostile = register_hostile(iris, forests, "eats memory")
    with pytest.raises(MemoryLimitReached, match=r"CHILD_MEMORY_MB allows 4,096 MB") as caught:
        rehearse(hostile, rows_of(hostile) | {3: ROW})
    assert caught.value.words.startswith(f"row {len(rows_of(hostile))} ")
    assert "1000" not in str(caught.value)


def test_one_that_crashes_is_told_of_with_the_signal(iris, strong, monkeypatch, once):
    ask = server.Server.ask

    def crash_at_the_third_row(self, version, body, **options):
        if body == crashing:
            [worker] = psutil.Process(self.process.pid).children(recursive=True)
            worker.send_signal(signal.SIGSEGV)
        return ask(self, version, body, **options)

    crashing = dict(zip(strong.signature.spec().example, rows_of(strong)[2], strict=True))
    monkeypatch.setattr(server.Server, "ask", crash_at_the_third_row)
    with pytest.raises(ServerCrashed, match=r"\(signal SIGSEGV\) .* 1\.0 "):
        rehearse(strong, rows_of(strong))


def test_a_champion_that_hangs_costs_the_comparison_only(iris, forests, strong, monkeypatch, once):
    monkeypatch.setattr(server, "REQUEST_SECONDS", 1.0)
    hostile = register_hostile(iris, forests, "hangs", of="weak")
    played = rehearse(
        strong, rows_of(strong) | {3: ROW}, champion=hostile, champion_rows=rows_of(hostile) | {3: ROW}
    )
    assert len(played.replies) == 4
    assert played.champion is None
    assert " 1 s " in played.champion_failed


def test_what_hung_in_the_rehearsal_is_not_loaded_by_the_run(iris, forests, live, monkeypatch, once):
    monkeypatch.setattr(server, "REQUEST_SECONDS", 1.0)
    hostile = register_hostile(iris, forests, "hangs")
    content = (FIXTURES / "evaluation.csv").read_bytes() + b"1000.0,3.5,1.4,0.2,0\n"
    datasets.register(registered_model=iris, role="evaluation", content=content)
    evidence = gather(inputs_of(hostile, live), Tables())
    with pytest.raises(RehearsalFailed, match=" 1 s "):
        _ = evidence.candidate_answers.outputs
    assert len(evidence.champion_answers.outputs) == 46
