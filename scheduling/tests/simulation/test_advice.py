"""What follows from regrets: change, keep, or the past is too short, with how much is missing."""

import numpy as np
import pytest

from scheduling.evidence.provenance import Policy
from scheduling.simulation.advice import LEAST_PERIODS, Ranking, advise
from scheduling.simulation.policies import contenders_of

TODAY = Policy(promote_when="better", least_gain=0.0)
CONTENDERS = contenders_of(TODAY, [0.01, 0.02])
WORDS = [one.words for one in CONTENDERS]
CURRENT = next(i for i, one in enumerate(CONTENDERS) if one.is_current)


def advised(periods=9, **lost):
    """The advice where each policy loses 0.1 in a period, but these `lost` so much, with some noise."""
    chance = np.random.default_rng(0)
    regrets = np.full((len(CONTENDERS), periods), 0.1)
    for name, value in lost.items():
        regrets[WORDS.index(name.replace("_", " ").replace("0 0", "0.0"))] = value
    regrets += np.where(regrets == 0.1, 0, chance.uniform(0, 0.001, regrets.shape))
    ranking = Ranking(CONTENDERS, regrets)
    advice, chosen = advise(ranking, "mae", periods=regrets.shape[1] + 2)
    return advice, None if chosen is None else WORDS[chosen], ranking


@pytest.mark.parametrize("periods", [0, 1, LEAST_PERIODS - 1])
def test_few_periods_are_too_few_however_clear_they_are(periods):
    advice, chosen, _ = advised(periods, unless_worse_by_more_than_0_01=0.0)
    assert (advice.kind, advice.more, chosen) == ("too_short", LEAST_PERIODS - periods, None)


def test_a_policy_that_lost_clearly_less_is_named_with_its_settings():
    advice, chosen, _ = advised(unless_worse_by_more_than_0_01=0.0)
    assert (advice.kind, chosen, advice.more) == ("change", "unless worse by more than 0.01", None)
    assert "promote when unless_worse, margin 0.01, relative no" in advice.sentences[0]


def test_of_policies_that_cannot_be_told_apart_the_simplest_is_named():
    advice, chosen, ranking = advised(
        unless_worse_by_more_than_0_01=0.0004, unless_worse_by_more_than_0_02=0.0003
    )
    assert WORDS[ranking.best] == "unless worse by more than 0.02"
    assert (advice.kind, chosen) == ("change", "unless worse by more than 0.01")


def test_todays_is_kept_where_none_lost_less_and_where_it_can_be_chance():
    advice, chosen, _ = advised(better=0.0)
    assert (advice.kind, chosen) == ("keep", "better")
    assert advised(better=0.0, never_promote=0.5)[0].kind == "keep"
    advice, chosen, ranking = advised(better=0.0004, unless_worse_by_more_than_0_01=0.0003)
    assert ranking.best != CURRENT
    assert (advice.kind, chosen) == ("keep", "better")


def test_where_all_decided_the_same_todays_is_kept():
    advice, chosen, ranking = advised()
    assert (advice.kind, chosen, ranking.best) == ("keep", "better", CURRENT)


def test_where_nothing_stands_out_it_says_how_many_periods_would():
    regrets = np.zeros((len(CONTENDERS), 8))
    regrets[CURRENT] = [0.1, 0.0, 0.0, 0.0, 0.0, 0.05, 0.0, 0.0]
    ranking = Ranking(CONTENDERS, regrets)
    advice, chosen = advise(ranking, "mae", periods=regrets.shape[1] + 2)
    assert (advice.kind, chosen) == ("too_short", None)
    assert advice.more == ranking.periods_to_settle(CURRENT) - 8 > 0


def test_a_yardstick_that_lost_less_than_every_policy_is_told():
    advice, _, _ = advised(always_promote=0.0)
    assert advice.kind == "keep"
    assert any("always promote" in sentence for sentence in advice.sentences)


def test_the_chance_of_a_mistaken_advice_is_shared_among_the_paths_that_differ():
    assert advised()[2].level == 0.9
    _, _, ranking = advised(unless_worse_by_more_than_0_01=0.0, unless_worse_by_more_than_0_02=0.05)
    assert ranking.level == pytest.approx(1 - 0.1 / 2)
