"""The interval of a gain: by closed form, against the older table form, and with groups."""

from math import sqrt

import numpy as np
import pytest
from scipy.stats import norm, t, ttest_rel

from scheduling.statistics.comparison.gain import gain_interval
from scheduling.statistics.comparison.interval import freedom
from scheduling.statistics.metrics.scored import Options
from scheduling.statistics.metrics.table import METRICS, Family
from scheduling.tests.statistics.rows_factory import classified, counted, labelled, paired, regressed


def interval(name, pair, alpha=0.05):
    return gain_interval(METRICS[name], pair, options=Options(), alpha=alpha)


def drawn(seed, n=200, k=3):
    chance = np.random.default_rng(seed)
    y, champion, candidate = (chance.integers(0, k, n) for _ in range(3))
    return paired(labelled(y, champion), labelled(y, candidate))


@pytest.mark.parametrize(
    ("fixed", "broken", "right"), [(0, 0, 45), (4, 0, 41), (4, 1, 40), (9, 3, 33), (0, 6, 39), (20, 20, 460)]
)
@pytest.mark.parametrize("alpha", [0.05, 0.02, 0.001])
def test_it_is_bonett_and_prices_for_accuracy(fixed, broken, right, alpha):
    n = fixed + broken + right
    found = interval("accuracy", counted(right=right, fixed=fixed, broken=broken, wrong=4), alpha)
    n += 4
    # With N = n + 2 and g = (b - c) / N the squared standard error is ((b + c + 2) / N - g²) / N.
    gain = (fixed - broken) / (n + 2)
    half = norm.ppf(1 - alpha) * sqrt(((fixed + broken + 2) / (n + 2) - gain**2) / (n + 2))
    assert (found.low, found.high) == pytest.approx((gain - half, gain + half), abs=1e-12)


def test_it_is_not_certain_where_nothing_differs():
    found = interval("accuracy", counted(right=43, fixed=0, broken=0, wrong=2))
    assert (found.low, found.high) == pytest.approx((-0.050, 0.050), abs=0.001)


def test_45_rows_need_four_that_are_fixed_and_none_broken():
    lows = [interval("accuracy", counted(right=41 - n, fixed=n, broken=0, wrong=4)).low for n in range(6)]
    assert [low > 0 for low in lows] == [False, False, False, False, True, True]


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "f1_macro", "f1_weighted"])
def test_it_is_the_influence_interval_of_the_table_with_two_rows_more(name):
    """The same by the whole table [label, champion, candidate], cell by cell."""
    pair = drawn(1)
    table = np.zeros((3, 3, 3))
    np.add.at(table, (pair.champion.y, pair.champion.predicted, pair.candidate.predicted), 1)
    for label in range(3):
        for wrong in {0, 1, 2} - {label}:
            table[label, label, wrong] += 1 / 6
            table[label, wrong, label] += 1 / 6
    shares = table / 202
    old, new = (METRICS[name].parts(shares.sum(axis)) for axis in (2, 1))
    gains = new[:, None, :] - old[:, :, None]
    gain = (shares * gains).sum()
    difference = gains - gain
    half = norm.ppf(0.95) * sqrt((shares * difference**2).sum() / 202)
    found = interval(name, pair)
    assert (found.low, found.high) == pytest.approx((gain - half, gain + half))
    assert found.spread == pytest.approx(sqrt((shares * difference**2).sum()))


def test_a_mean_of_losses_has_the_t_interval_of_the_rows_differences():
    champion, candidate = regressed(1, 45), regressed(2, 45, noise=0.5)
    losses = [np.abs(rows.y - rows.predicted) for rows in (champion, candidate)]
    test = ttest_rel(*losses)
    gains = losses[0] - losses[1]
    error = test.confidence_interval(0.9).high - gains.mean()
    wider = t.ppf(0.95, freedom(gains - gains.mean())) / t.ppf(0.95, 44)
    found = interval("mae", paired(champion, candidate))
    assert (found.low, found.high) == pytest.approx(
        (gains.mean() - wider * error, gains.mean() + wider * error)
    )
    assert 1 < wider < 1.5  # one of the errors is large


@pytest.mark.parametrize("name", [*METRICS])
def test_the_better_of_two_swapped_models_is_the_worse(name):
    two = METRICS[name].family is Family.RANK
    make = regressed if METRICS[name].task == "regression" else classified
    a, b = (make(seed, 200, *((("no", "yes"),) if two else ())) for seed in (1, 2))
    one, other = interval(name, paired(a, b)), interval(name, paired(b, a))
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


@pytest.mark.parametrize("name", ["accuracy", "f1_macro", "brier", "log_loss"])
def test_copies_of_a_row_count_once_where_a_group_names_them(name):
    champion, candidate = classified(1, 90), classified(2, 90)
    single = interval(name, paired(champion, candidate))
    many = interval(name, paired(times(champion, 5), times(candidate, 5), np.repeat(np.arange(90), 5)))
    plain = interval(name, paired(times(champion, 5), times(candidate, 5)))
    cautious = t.ppf(0.95, 89) / norm.ppf(0.95) if name in ("accuracy", "f1_macro") else 1.0
    half = (many.high - many.low) / (single.high - single.low)
    assert 1 - 1e-9 <= half <= cautious * 1.01  # groups get Student's t where rows get the normal quantile
    assert many.high + many.low == pytest.approx(single.high + single.low)
    assert plain.high - plain.low < 0.5 * (many.high - many.low)


def times(rows, copies):
    return type(rows)(
        y=np.repeat(rows.y, copies),
        predicted=np.repeat(rows.predicted, copies),
        probabilities=np.repeat(rows.probabilities, copies, axis=0),
        labels=rows.labels,
    )


def test_a_label_that_is_never_predicted_has_an_interval_all_the_same():
    y = np.repeat([0, 1, 2], 15)
    never = np.where(y == 1, 2, y)
    found = interval("f1_macro", paired(labelled(y, never), labelled(y, y)))
    assert 0.2 < found.low < found.high < 0.6


@pytest.mark.parametrize("name", ["f1_macro", "log_loss", "brier"])
def test_the_same_answers_give_the_same_bits(name):
    found = [interval(name, paired(classified(1), classified(2))) for _ in range(2)]
    assert repr(found[0]) == repr(found[1])
