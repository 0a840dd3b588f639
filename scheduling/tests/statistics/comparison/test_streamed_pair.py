"""The interval of rows that come in parts is that of the rows at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.statistics.comparison.basis import OfPair
from scheduling.statistics.comparison.dependence import Clusters, Dependence, find_dependence
from scheduling.statistics.comparison.gain import gains_of_rows
from scheduling.statistics.comparison.pair import Pair
from scheduling.statistics.comparison.streamed_pair import sums_by_key
from scheduling.statistics.comparison.streamed_pair.pair_sums import PairSums, has_sums
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored
from scheduling.statistics.metrics.table import METRICS, metrics_of

OPTIONS = Options()
CLASSIFICATION = [one.name for one in metrics_of("classification") if has_sums(one)]
REGRESSION = [one.name for one in metrics_of("regression") if has_sums(one)]
seeds = st.integers(0, 2**32 - 1)


def classified(chance, y, right, k):
    """A model that gives the label more weight in a share of the rows."""
    shares = chance.dirichlet(np.ones(k), len(y))
    shares[np.arange(len(y)), y] += chance.random(len(y)) < right
    shares /= shares.sum(1, keepdims=True)
    return Scored(y=y, predicted=shares.argmax(1), probabilities=shares, labels=tuple(range(k)))


def both(seed, task, n=400, k=3):
    chance = np.random.default_rng(seed)
    if task == "classification":
        y = chance.integers(0, k, n)
        return classified(chance, y, 0.5, k), classified(chance, y, 0.6, k)
    y = 1e3 + chance.normal(size=n)
    return (
        Scored(y=y, predicted=y + chance.standard_t(3, n)),
        Scored(y=y, predicted=y + chance.normal(size=n)),
    )


def streamed(name, pair, groupings, size=70):
    labels = pair[0].labels
    sums = PairSums(METRICS[name], options=OPTIONS, labels=labels)
    for start in range(0, len(pair[0].y), size):
        here = slice(start, start + size)
        codes = {by: groups[here] * 1_000_003 - 17 for by, groups in groupings.items()}
        sums.add(*(part(rows, here) for rows in pair), codes)
    return sums


def part(rows, here):
    shares = None if rows.probabilities is None else rows.probabilities[here]
    return Scored(y=rows.y[here], predicted=rows.predicted[here], probabilities=shares, labels=rows.labels)


def at_once(name, pair, groupings, group_column=""):
    metric, rows = METRICS[name], Pair(champion=pair[0], candidate=pair[1])
    gains = gains_of_rows(metric, rows, OPTIONS)
    found = find_dependence(gains, groupings)
    if group_column:
        groups = groupings[group_column]
        found = Dependence.measured(group_column, Clusters.of(gains, groups), groups)
    rows = Pair(champion=pair[0], candidate=pair[1], groups=found.groups if found else None)
    return OfPair(metric=metric, options=OPTIONS, pair=rows, dependence=found)


def assert_same(found, expected):
    assert (found.rows, found.units, found.unit) == (expected.rows, expected.units, expected.unit)
    ours, theirs = found.interval(0.03), expected.interval(0.03)
    for end in ("low", "high", "spread"):
        assert getattr(ours, end) == pytest.approx(getattr(theirs, end), rel=1e-7, abs=1e-12), end
    assert found.mcnemar() == expected.mcnemar()
    assert found.could_exceed(0.01, 0.03) == expected.could_exceed(0.01, 0.03)
    one, other = found.dependence, expected.dependence
    assert (one and (one.by, one.count, one.worth)) == (other and (other.by, other.count, other.worth))


@pytest.mark.parametrize("name", [*CLASSIFICATION, *REGRESSION])
@settings(deadline=None, max_examples=8)
@given(seed=seeds)
def test_of_independent_rows(name, seed):
    pair = both(seed, METRICS[name].task)
    assert_same(streamed(name, pair, {}).basis(group_column=""), at_once(name, pair, {}))


@pytest.mark.parametrize("name", [*CLASSIFICATION, *REGRESSION])
@pytest.mark.parametrize("group_column", ["", "customer"])
def test_of_groups(name, group_column):
    pair = both(7, METRICS[name].task)
    gains = gains_of_rows(METRICS[name], Pair(champion=pair[0], candidate=pair[1]), OPTIONS)
    alike = np.empty(400, dtype=int)
    alike[np.argsort(gains)] = np.arange(400) // 20  # rows of one customer gain about the same
    groupings = {"customer": np.unique(alike, return_inverse=True)[1]}
    groupings |= {} if group_column else {"half": np.arange(400) % 8}
    found = streamed(name, pair, groupings).basis(group_column=group_column)
    assert found.unit == "groups"
    assert_same(found, at_once(name, pair, groupings, group_column))


@pytest.mark.parametrize("name", ["rmse", "mae"])
def test_a_champion_without_an_error(name):
    old, new = both(3, "regression")
    pair = Scored(y=old.y, predicted=old.y), new
    assert_same(streamed(name, pair, {}).basis(group_column=""), at_once(name, pair, {}))


@pytest.mark.parametrize("name", ["log_loss", "brier", "rmse", "mape"])
def test_what_the_rows_cannot_tell(name):
    old, new = both(3, METRICS[name].task)
    constant = Scored(
        y=old.y, predicted=old.predicted * 0, labels=old.labels,
        probabilities=None if old.probabilities is None else np.full_like(old.probabilities, 1 / 3),
    )  # fmt: skip
    for pair in ((constant, new), (new, new), tuple(part(rows, slice(9)) for rows in (old, new))):
        for one in (streamed(name, pair, {}).basis(group_column=""), at_once(name, pair, {})):
            with pytest.raises(MetricUndefined):
                one.interval(0.05)


def test_an_answer_that_is_no_number_and_a_label_that_is_unknown():
    old, new = both(3, "regression")
    sums = streamed("rmse", (old, Scored(y=new.y, predicted=np.where(new.y > 1001, np.inf, new.y))), {})
    with pytest.raises(MetricUndefined):
        sums.basis(group_column="")
    sums = streamed("mae", (old, new), {})
    sums.refuse("a label is unknown")
    with pytest.raises(MetricUndefined, match="a label is unknown"):
        sums.basis(group_column="")


@pytest.mark.parametrize("name", ["f1_macro", "log_loss"])
def test_too_many_groups_have_no_basis(name, monkeypatch):
    monkeypatch.setattr(sums_by_key, "PENDING", 0)
    monkeypatch.setattr(f"{sums_by_key.__package__}.cells.MOST_GROUPS", 50)
    monkeypatch.setattr(f"{sums_by_key.__package__}.losses.MOST_GROUPS", 50)
    pair = both(5, "classification")
    assert streamed(name, pair, {"row": np.arange(400)}).basis(group_column="row") is None
