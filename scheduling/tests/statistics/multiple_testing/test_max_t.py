"""The worst of many slices: against the exact distribution, its level, and the same bits again."""

import itertools

import numpy as np
import pytest

from scheduling.statistics.max_t import max_t


def max_t_of(losses, *, flips=999, alpha=0.05, seed=0):
    return max_t(
        np.asarray(losses, dtype=float), flips=flips, alpha=alpha, chance=np.random.default_rng(seed)
    )


def exact_p(losses):
    """Of every pattern of signs."""
    losses = np.asarray(losses, dtype=float)
    unit = losses / np.sqrt((losses**2).sum(0))
    z = unit.sum(0)
    worst = [(np.array(signs) @ unit).max() for signs in itertools.product([-1, 1], repeat=len(unit))]
    return [float(np.mean(np.array(worst) >= one - 1e-9)) for one in z]


def test_its_p_is_that_of_all_patterns_of_signs():
    chance = np.random.default_rng(1)
    losses = chance.normal(0.4, 1, (9, 1)) * (chance.random((9, 4)) < 0.6)
    assert max_t_of(losses, flips=9999).p == pytest.approx(exact_p(losses), abs=0.015)


def test_one_slice_is_an_exact_sign_test():
    p = max_t_of(np.ones((5, 1)), flips=9999).p[0]
    assert p == pytest.approx(1 / 32, abs=0.006)


def test_a_slice_in_which_nothing_differs_is_not_worse():
    found = max_t_of([[1, 0], [1, 0], [1, 0]])
    assert found.p[1] == 1.0
    assert found.z.tolist() == pytest.approx([np.sqrt(3), 0])


def test_where_nothing_differs_at_all_nothing_is_worse():
    assert max_t_of(np.zeros((4, 3))).p.tolist() == [1, 1, 1]


def test_the_same_seed_gives_the_same_bits():
    losses = np.random.default_rng(2).normal(size=(200, 30))
    assert (max_t_of(losses, seed=5).p == max_t_of(losses, seed=5).p).all()
    assert (max_t_of(losses, seed=5).p != max_t_of(losses, seed=6).p).any()


def test_from_the_critical_value_on_a_slice_is_significant():
    found = max_t_of(np.random.default_rng(3).normal(0.1, 1, (300, 20)))
    assert ((found.p <= 0.05) == (found.z >= found.critical)).all()


def test_an_equal_candidate_is_seldom_worse_on_any_of_20_slices():
    chance, false = np.random.default_rng(4), 0
    for seed in range(400):
        member = chance.random((300, 20)) < chance.choice([0.55, 0.25, 0.15, 0.05], 20)
        losses = chance.choice([-1, 1], (300, 1)) * (chance.random((300, 1)) < 0.08) * member
        false += max_t_of(losses, flips=199, seed=seed).p.min() <= 0.05
    assert false <= 35  # the 99.9 % bound of 400 trials at .05
