"""The independent judge keeps what is clearly worse, and a year counts what each policy lost."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks.gate.played import paired
from benchmarks.gate.played.paired import Paired
from benchmarks.gate.played.year import Played
from predictions.contract.answers import Answers

ROWS = pd.DataFrame({"date": np.repeat(pd.date_range("2013-01-01", periods=10), 40)})
TRUTH = np.random.default_rng(0).integers(0, 2, len(ROWS))
WORLD = SimpleNamespace(labels=(0, 1))


@pytest.fixture
def judge(monkeypatch):
    """Versions are named by the share of the rows that they get right."""

    def answers_of(share, rows):
        wrong = np.random.default_rng(1).random(len(rows)) > share
        return TRUTH, Answers(np.where(wrong, 1 - TRUTH, TRUTH).tolist())

    monkeypatch.setattr(paired, "answers_of", answers_of)
    return Paired(WORLD, "f1_macro")


def test_the_independent_judge_keeps_only_what_is_clearly_worse(judge):
    assert judge.decide(0.8, ROWS) == (None, 0.8)
    assert judge.decide(0.5, ROWS) == (0.8, 0.8)
    assert judge.decide(0.81, ROWS) == (0.8, 0.81)
    assert judge.decide(0.95, ROWS) == (0.81, 0.95)


def test_days_are_drawn_whole(judge):
    for drawn in list(judge._resamples(ROWS))[:3]:
        counts = ROWS["date"].iloc[drawn].value_counts()
        assert len(drawn) == len(ROWS)
        assert (counts % 40 == 0).all()


def test_what_each_policy_lost_is_against_its_own_champion():
    old, new = SimpleNamespace(pk=1), SimpleNamespace(pk=2)
    run = SimpleNamespace(candidate=new, decision="kept", reason="Kept.")
    played = Played.of("May", run, {"gate": (old, old), "always": (old, new)}, {1: 0.5, 2: 0.75})
    assert played.gain == {"gate": 0.25, "always": 0.25}
    assert played.regret == {"gate": 0.25, "always": 0.0}
    assert (played.is_right("gate"), played.is_right("always")) == (False, True)


def test_in_the_first_period_nothing_can_be_lost():
    first = SimpleNamespace(pk=1)
    run = SimpleNamespace(candidate=first, decision="promoted", reason="Promoted.")
    played = Played.of("March", run, {"gate": (None, first)}, {1: 0.5})
    assert played.is_first
    assert played.regret == {"gate": 0.0}
