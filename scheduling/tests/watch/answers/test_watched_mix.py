"""The watch and the answers to the same requests: what the gate saw of a difference, and what it did not."""

import pytest

from predictions.models.promotion import live_promotion, live_version
from scheduling.models import Watch
from scheduling.tests.watch_factory import BLOCK, TWO, after, log_block, look


@pytest.fixture
def flip(watched_flip):
    return watched_flip


@pytest.fixture
def rows(evaluation):
    return evaluation


def of_label(rows, label):
    return [row for row, truth in zip(*rows, strict=True) if truth == label]


def others_like(rows, number=1):
    """As many different requests as rows, which are answered the same."""
    return [(row[0] + number * 1e-4, *row[1:]) for row in rows]


def log_different(promotion, blocks, rows, **columns):
    """Blocks in which no request is like one before."""
    for i in range(blocks):
        for place, who in enumerate(TWO):
            some = others_like(rows, 2 * i + place)
            log_block(promotion.version, promotion.at + i * BLOCK, some, who=who, **columns)
    return after(promotion, blocks, rows[:1], callers=[])


def test_another_mix_than_the_gate_saw_rolls_back(iris, live, flip, rows):
    """What `weak` answers 0 is 2 now, of which the gate saw nothing."""
    [told] = look(iris, log_different(flip, 6, of_label(rows, 0), moved_to=2))
    assert all(part in told for part in ("prediction mix: ", "answers 2 "))
    assert live_version(iris) == live


def test_the_mix_that_the_gate_saw_does_not(iris, flip, rows):
    look(iris, log_different(flip, 6, rows[0]))
    watch = Watch.objects.get()
    mix = watch.evidence["mix"]
    assert (mix["seen"]["2"]["1"], mix["better"]["2"]) == (17, ["1"])
    assert (sum(mix["voices"].values()) > 200, watch.evidence["told"]) == (True, "")
    assert watch.status == Watch.Status.OPEN


def test_requests_on_which_the_versions_differ_as_the_gate_saw_do_not_however_many(iris, flip, rows):
    """`weak` never answers 1; the gate saw this on a third of the rows, and now all requests are such."""
    look(iris, log_different(flip, 11, of_label(rows, 1) * 2))
    watch = Watch.objects.get()
    assert (watch.status, watch.evidence["told"]) == (Watch.Status.OPEN, "")


def test_a_row_that_a_caller_repeats_is_one(iris, flip, rows):
    look(iris, after(flip, 6, of_label(rows, 0)[:1] * 40, callers=TWO, moved_to=2))
    watch = Watch.objects.get()
    assert (watch.status, sum(watch.evidence["mix"]["voices"].values())) == (Watch.Status.OPEN, 2)


@pytest.mark.parametrize("who", ["", "ann"])
def test_another_mix_of_one_caller_is_told_and_not_acted_on(iris, flip, rows, who):
    for i in range(8):
        some = others_like(of_label(rows, 0), i)
        log_block(flip.version, flip.at + i * BLOCK, some, who=who, moved_to=2)
    look(iris, after(flip, 8, rows[0][:1], callers=[]))
    watch = Watch.objects.get()
    assert (watch.status, live_promotion(iris)) == (Watch.Status.OPEN, flip)
    assert "prediction mix: " in watch.evidence["told"]


def test_redacted_inputs_are_asked_of_nobody(iris, flip, rows):
    look(iris, after(flip, 2, of_label(rows, 0), callers=TWO, moved_to=2, without=("petalwidth",)))
    assert sum(Watch.objects.get().evidence["mix"]["voices"].values()) == 0
