"""What each row gains: a quantity of the row itself, so that no slice is worse by arithmetic alone."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from scheduling.evidence.provenance import Policy
from scheduling.slices.gains_by_row import row_gains
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored
from scheduling.statistics.metrics.table import METRICS
from scheduling.tests.checks.comparison.sliced_evidence import sliced_evidence


def of_values(metric, y, champion, candidate):
    pair = {"champion": champion, "candidate": candidate}
    scored = {who: Scored(y=y, predicted=np.asarray(said, dtype=float)) for who, said in pair.items()}
    evidence = sliced_evidence(
        len(y), 1, metric=metric, scored=scored, spec=SimpleNamespace(task="regression")
    )
    return row_gains(evidence)


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy", "f1_macro", "f1_weighted"])
def test_metrics_of_labels_count_what_is_right(metric):
    evidence = sliced_evidence(200, 1, policy=Policy(primary_metric=metric))
    gains = row_gains(evidence)
    y, scored = evidence.scored["candidate"].y, evidence.scored
    right = {who: (rows.predicted == y).astype(int) for who, rows in scored.items()}
    assert gains.by == "accuracy"
    assert gains.gains.tolist() == (right["candidate"] - right["champion"]).tolist()


@pytest.mark.parametrize(
    ("metric", "own"), [("brier", brier_score_loss), ("log_loss", log_loss)], ids=["brier", "log_loss"]
)
def test_a_loss_is_the_rows_own(metric, own):
    evidence = sliced_evidence(200, 1, metric=metric, options=Options(log_loss_floor=1e-9))
    gains, candidate = row_gains(evidence), evidence.scored["candidate"]
    assert gains.candidate.mean() == pytest.approx(own(candidate.y, candidate.probabilities[:, 1]))
    assert gains.gains == pytest.approx(gains.champion - gains.candidate)


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision"])
def test_a_slice_is_ranked_by_itself(metric):
    evidence = sliced_evidence(300, 1, metric=metric)
    rows = (evidence.judged["age"] < 50).to_numpy()
    gains = row_gains(evidence)
    on = gains.on(rows)
    assert gains.by == "roc_auc"
    of = {who: roc_auc_score(s.y[rows], s.probabilities[rows, 1]) for who, s in evidence.scored.items()}
    assert (on.champion, on.candidate) == pytest.approx((of["champion"], of["candidate"]))
    assert on.gain == pytest.approx(of["candidate"] - of["champion"])
    interval = gains.interval(rows, alpha=0.05)
    assert interval.low < on.gain < interval.high
    sample = np.flatnonzero(rows)
    assert gains.only(sample).on(np.ones(len(sample), dtype=bool)).gain == pytest.approx(on.gain)


def test_a_slice_with_few_rows_of_a_label_has_no_ranks():
    evidence = sliced_evidence(300, 1, metric="roc_auc")
    rows = evidence.scored["candidate"].y == 1
    assert row_gains(evidence).on(rows) is None
    with pytest.raises(MetricUndefined, match="label"):
        row_gains(evidence).interval(rows, alpha=0.05)


@pytest.mark.parametrize("metric", ["r2", "rmse"])
def test_a_row_that_both_answer_alike_gains_nothing_however_good_the_candidate_is(metric):
    y = np.array([100.0, 1.0, 2.0, 3.0, 4.0])
    champion, candidate = [50.0, 3.0, 4.0, 5.0, 6.0], [50.0, 1.0, 2.0, 3.0, 4.0]
    gains = of_values(metric, y, champion, candidate)
    assert (gains.by, gains.gains.tolist()) == ("squared_error", [0, 4, 4, 4, 4])


@pytest.mark.parametrize("metric", ["mae", "mape", "pinball"])
def test_other_losses_of_a_regression_are_the_rows_own(metric):
    y = np.array([1.0, 2.0, 3.0, 4.0])
    gains = of_values(metric, y, y + 1, y + 0.5)
    assert gains.by == metric
    value = METRICS[metric].value(Scored(y=y, predicted=y + 0.5), Options())
    assert gains.candidate.mean() == pytest.approx(value)
    assert (gains.gains > 0).all()


def test_what_is_no_number_is_told():
    with pytest.raises(MetricUndefined, match="finite"):
        of_values("rmse", np.array([1.0, 2.0]), [1.0, 2.0], [1.0, float("nan")])


def test_a_metric_of_another_task_is_told():
    evidence = sliced_evidence(100, 1)
    evidence.spec = replace(evidence.spec, task="regression")
    with pytest.raises(MetricUndefined, match=r"accuracy .* classification"):
        row_gains(evidence)


@pytest.mark.parametrize("metric", ["accuracy", "brier"])
def test_the_interval_is_wider_where_the_gains_of_a_group_go_together(metric):
    evidence = sliced_evidence(2000, 1, metric=metric)
    rows = np.ones(2000, dtype=bool)
    independent = row_gains(evidence).interval(rows, alpha=0.05)
    by_gain = np.argsort(row_gains(evidence).gains, kind="stable").argsort() // 100
    evidence.groupings = {"alike": by_gain}
    found = row_gains(evidence).interval(rows, alpha=0.05)
    assert found.high - found.low > 2 * (independent.high - independent.low)
    evidence.groupings = {"chance": np.random.default_rng(1).integers(0, 20, 2000)}
    assert row_gains(evidence).interval(rows, alpha=0.05) == independent


@pytest.mark.parametrize(("size", "why"), [(9, "9 rows"), (40, "4 groups")])
def test_too_few_rows_or_groups_have_no_interval(size, why):
    gains = row_gains(sliced_evidence(200, 1, copies=10))
    with pytest.raises(MetricUndefined, match=why):
        gains.interval(np.arange(200) < size, alpha=0.05)


def test_a_half_keeps_groups_together_and_is_about_a_half():
    gains = row_gains(sliced_evidence(2000, 1, copies=10))
    first = gains.half(np.random.default_rng(0))
    assert first.reshape(200, 10).std(axis=1).tolist() == [0.0] * 200
    assert first.sum() == 1000
    assert row_gains(sliced_evidence(501, 1)).half(np.random.default_rng(0)).sum() in (250, 251)


def test_a_harm_is_told_in_what_the_rows_are_measured_by():
    y = np.arange(10.0)
    rmse, r2 = (of_values(metric, y, y + 2, y + 1) for metric in ("rmse", "r2"))
    assert rmse.harm(0.1, relative=False) == pytest.approx(0.1 * 2 * 2)  # d(r squared) = 2 r dr
    assert rmse.harm(0.1, relative=True) == pytest.approx(0.2 * 2 * 2)
    assert r2.harm(0.1, relative=False) == pytest.approx(0.1 * y.var())
    mae = of_values("mae", y, y + 2, y + 1)
    assert (mae.harm(0.1, relative=False), mae.harm(0.1, relative=True)) == pytest.approx((0.1, 0.2))
