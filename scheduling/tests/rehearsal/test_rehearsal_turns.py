"""Who is asked what, how often and in which order: a server that only writes down what it was asked."""

from contextlib import contextmanager

import pytest

from scheduling.evidence.rehearsed import RehearsalFailed, Reply
from scheduling.rehearsal import session
from scheduling.rehearsal.session import drawn, rehearse

ROWS = {i: (float(i), 1.0, 1.0, 1.0) for i in range(1, 4)}


class Asked:
    """Stands for the server: notes (version, first value), answers, and fails for one of them."""

    def __init__(self, broken=None, unsteady=False):
        self.broken, self.unsteady = broken, unsteady
        self.loaded, self.asked = [], []

    def load(self, version):
        self.loaded.append(version.label)
        return 0.5, 7.0

    def ask(self, version, body, *, row=None):
        if version.label == self.broken:
            raise RehearsalFailed("it broke", version_id=version.pk)
        self.asked.append((version.label, body.get("sepallength")))
        output = len(self.asked) if self.unsteady else 0
        return Reply(status=200, body={"species": output}, version=version.label, seconds=0.001)

    def ask_together(self, version, bodies):
        self.together = [body["sepallength"] for body in bodies]
        return []

    def memory_mb(self):
        return 123.0


@pytest.fixture
def played(monkeypatch, live, strong):
    """Rehearse strong against live with a stand-in for the server; return both."""

    def play(*, rows=ROWS, champion=True, least=1, **columns):
        asked = Asked(**columns)

        @contextmanager
        def serve(versions):
            yield asked

        monkeypatch.setattr(session, "serve", serve)
        monkeypatch.setattr(session, "LEAST_REQUESTS", least)
        monkeypatch.setattr(session, "WARM_UP_REQUESTS", 0)
        return rehearse(strong, rows, champion=live if champion else None, champion_rows=rows), asked

    return play


def test_they_are_asked_in_turns_and_neither_is_always_first(played):
    _, asked = played(least=6)
    rows = [1.0, 1.0, 2.0, 2.0, 3.0, 3.0] * 2
    labels = ["1.1", "1.0", "1.0", "1.1"] * 3
    assert asked.asked[:12] == list(zip(labels, rows, strict=True))


def test_each_asked_row_is_once_asked_together_with_the_others(played):
    _, asked = played(least=6)
    assert asked.together == [1.0, 2.0, 3.0]


def test_few_rows_are_asked_again_until_there_are_enough_requests(played):
    result, _ = played(least=200)
    assert len(result.replies) == 3
    assert len(result.seconds) == len(result.champion.seconds) == 201


def test_they_are_not_asked_again_when_the_time_is_over(played, monkeypatch):
    monkeypatch.setattr(session, "REPEAT_SECONDS", 0.0)
    result, _ = played(least=200)
    assert len(result.seconds) == 3


def test_of_many_rows_some_are_drawn_the_same_each_time():
    first = drawn(2000)
    assert first == drawn(2000) == sorted(set(first))
    assert len(first) == 500
    assert max(first) > 1500


def test_rows_keep_their_place_among_all(played):
    result, asked = played(rows={7: ROWS[1], 30: ROWS[2]})
    assert result.rows == [7, 30]
    assert asked.together == [1.0, 2.0]


def test_no_row_at_all_is_a_rehearsal_without_replies(played):
    result, _ = played(rows={})
    assert (result.rows, result.replies, result.seconds) == ([], [], [])
    assert result.refusals


def test_the_champion_is_loaded_first(played):
    result, asked = played()
    assert asked.loaded == ["1.0", "1.1"]
    assert (result.load_seconds, result.memory_mb, result.server_mb) == (0.5, 7.0, 123.0)


def test_a_first_version_is_alone(played):
    result, asked = played(champion=False)
    assert result.champion is None
    assert {label for label, _ in asked.asked} == {"1.1"}


def test_the_live_version_is_not_compared_with_itself(live, played, monkeypatch):
    played()
    result = rehearse(live, ROWS, champion=live, champion_rows=ROWS)
    assert (result.champion, result.champion_failed) == (None, "")


def test_a_champion_that_fails_leaves_the_candidate_alone(played):
    result, asked = played(broken="1.0")
    assert (result.champion, result.champion_failed) == (None, "it broke")
    assert len(result.replies) == 3
    assert asked.loaded == ["1.0", "1.1", "1.1"]


def test_a_candidate_that_fails_fails_the_rehearsal(played):
    with pytest.raises(RehearsalFailed, match="it broke"):
        played(broken="1.1")


def test_repetitions_that_are_answered_otherwise_are_counted(played):
    result, _ = played(least=9, unsteady=True)
    assert result.unsteady == 6
    assert played(least=9)[0].unsteady == 0
