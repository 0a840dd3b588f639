"""Each policy walks a made-up past: what it promotes, what lives on, and what hindsight calls wrong."""

from dataclasses import replace

import numpy as np
import pytest

from scheduling.simulation.past import Rows
from scheduling.simulation.playing import play
from scheduling.simulation.policies import contenders_of
from scheduling.simulation.summary import flips_of, regrets_of
from scheduling.tests.simulation.past_factory import POLICY, make_past

BETTER_LATER = [  # errors[version][period]: each version is better than the ones before, in all periods
    [0.5, 0.5, 0.5, 0.5],
    [None, 0.4, 0.4, 0.4],
    [None, None, 0.3, 0.3],
    [None, None, None, 0.2],
]
FALLEN = [  # version 1 looks better than 0, and is worse when the next period comes
    [0.5, 0.5, 0.5],
    [None, 0.4, 0.9],
    [None, None, 0.5],
]


def walk(errors, amounts=(0.05, 0.2), **changes):
    """The paths by the words of their policies."""
    past = make_past(errors, **changes)
    contenders = contenders_of(past.policy, amounts)
    paths, without = play(past, contenders)
    return {one.words: path for one, path in zip(contenders, paths, strict=True)}, without


def promoted(path):
    return [one.promoted for one in path]


def lives(path):
    return [one.live for one in path]


def test_everybody_promotes_the_first_and_only_then_policies_differ():
    paths, without = walk(BETTER_LATER)
    assert {path[0].promoted for path in paths.values()} == {True}
    assert {path[0].verdict for path in paths.values()} == {"no live version"}
    assert lives(paths["always promote"]) == lives(paths["better"]) == [0, 1, 2, 3]
    assert lives(paths["never promote"]) == [0, 0, 0, 0]
    assert without == {}


def test_a_policy_that_asks_for_more_waits_for_more():
    paths, _ = walk(BETTER_LATER)
    assert lives(paths["better"]) == [0, 1, 2, 3]
    assert lives(paths["better by at least 0.2"]) == [0, 0, 0, 3]


def test_a_margin_lets_a_little_worse_by():
    paths, _ = walk([[0.3] * 3, [None, 0.33, 0.33], [None, None, 0.36]])
    assert lives(paths["better"]) == [0, 0, 0]
    assert lives(paths["shown not to be worse by more than 0.05"]) == [0, 1, 2]
    assert {one.verdict for one in paths["shown not to be worse by more than 0.05"][1:]} == {"not worse"}


def test_what_is_measured_decides_where_the_policy_asks_for_no_proof():
    close = [[0.3] * 3, [None, 0.305, 0.305], [None, None, 0.31]]
    paths, _ = walk(close, (0.02,), size=20)
    assert [one.verdict for one in paths["unless worse by more than 0.02"]][1:] == ["too close to call"] * 2
    assert lives(paths["unless worse by more than 0.02"]) == [0, 1, 2]
    assert lives(paths["shown not to be worse by more than 0.02"]) == [0, 0, 0]
    far, _ = walk([[0.3] * 2, [None, 0.4]], (0.02,), size=20)
    assert lives(far["unless worse by more than 0.02"]) == [0, 0]


def test_a_relative_margin_is_a_share_of_the_champions_value():
    policy = replace(POLICY, promote_when="not_worse", margin=0.2, relative=True)
    paths, _ = walk([[0.3] * 2, [None, 0.33]], policy=policy)
    assert lives(paths["shown not to be worse by more than 20 % of the live version's value"]) == [0, 1]
    strict = replace(policy, margin=0.05)
    paths, _ = walk([[0.3] * 2, [None, 0.33]], policy=strict)
    assert lives(paths["shown not to be worse by more than 5 % of the live version's value"]) == [0, 0]


def test_hindsight_is_the_next_period_and_the_last_has_none():
    paths, _ = walk(BETTER_LATER)
    path = paths["better"]
    assert [one.has_hindsight for one in path] == [False, True, True, False]
    assert [one.served for one in path[1:3]] == pytest.approx([0.4, 0.3], rel=0.05)


def test_a_flip_that_the_next_period_calls_worse_is_false_and_one_not_made_is_missed():
    paths, _ = walk(FALLEN)
    assert [one.is_false_flip for one in paths["always promote"]] == [False, True, False]
    assert not any(one.is_missed_flip for one in paths["never promote"])
    paths, _ = walk(BETTER_LATER)
    assert [one.is_missed_flip for one in paths["never promote"]] == [False, True, True, False]
    assert not any(one.is_false_flip for one in paths["always promote"])
    false, missed = flips_of(paths["never promote"])
    assert (false.total, false.low, missed.count, missed.total) == (0, None, 2, 2)
    assert missed.low == pytest.approx(0.1581, abs=0.001)  # (0.05 / 2) ** (1 / 2)


def test_regret_is_against_the_best_that_any_policy_had_at_hand():
    paths, _ = walk(BETTER_LATER)
    seen, regrets = regrets_of(list(paths.values()), sign=-1)
    lost = dict(zip(paths, regrets.tolist(), strict=True))
    assert seen == [1, 2]
    assert lost["always promote"] == [0, 0]
    assert lost["never promote"] == pytest.approx([0.1, 0.2], rel=0.1)
    # It is charged as long as it stays behind, not only for what it missed last.
    assert lost["better by at least 0.2"] == pytest.approx([0.1, 0.2], rel=0.1)


def test_a_period_without_a_candidate_decides_nothing_and_still_judges():
    errors = [[0.5] * 4, [None, None, None, None], [None, None, 0.3, 0.3], [None, None, None, 0.3]]
    paths, without = walk(errors)
    assert list(without) == [1]
    assert [one.period for one in paths["better"]] == [0, 2, 3]
    assert lives(paths["better"]) == [0, 2, 2]


def test_a_version_that_cannot_answer_later_rows_has_no_hindsight_and_is_not_comparable():
    paths, without = walk([[0.5, None, None], [None, 0.4, None], [None, None, 0.3]])
    assert without == {}
    assert [one.verdict for one in paths["better"]][1:] == ["too close to call"] * 2
    assert lives(paths["always promote"]) == [0, 1, 2]
    assert not any(one.has_hindsight for one in paths["always promote"])


def test_minimum_values_stop_a_policy_but_no_yardstick():
    policy = replace(POLICY, floors={"mae": 0.25})
    paths, _ = walk(BETTER_LATER, policy=policy)
    assert lives(paths["better"]) == [0, 0, 0, 3]
    assert lives(paths["always promote"]) == [0, 1, 2, 3]
    unasked, _ = walk(BETTER_LATER, policy=policy, has_floors=False)
    assert lives(unasked["better"]) == [0, 1, 2, 3]


def test_rows_that_cannot_be_compared_promote_nothing_by_a_policy():
    rows = make_past(BETTER_LATER).rows(0)
    paths, _ = walk(BETTER_LATER, rows=lambda period: Rows(frame=rows.frame, problem="the column is missing"))
    assert lives(paths["better"]) == [0, 0, 0, 0]
    assert not any(one.is_missed_flip for one in paths["better"])


def test_rows_that_belong_together_count_as_fewer():
    errors = [[0.5] * 2, [None, 0.49]]
    frame = make_past(errors).rows(0).frame
    groups = {"day": np.arange(len(frame)) % 5}
    alone, _ = walk(errors)
    together, _ = walk(
        errors,
        policy=replace(POLICY, group_column="day"),
        rows=lambda period: Rows(frame=frame, groupings=groups),
    )
    widths = [paths["better"][1].then.interval for paths in (alone, together)]
    assert widths[1].high - widths[1].low > widths[0].high - widths[0].low  # 5 groups


def test_two_periods_are_in_memory_and_only_live_versions():
    asked, kept = [], []
    past = make_past(BETTER_LATER, keep_only=kept.append)
    counted = replace(
        past, answers=lambda version, period: asked.append((version, period)) or past.answers(version, period)
    )
    play(counted, contenders_of(POLICY, [0.2]))
    assert len(asked) == len(set(asked))
    assert kept[-1] == {0, 3}
    assert not any((counted._answers, counted._rows, counted._duels))
