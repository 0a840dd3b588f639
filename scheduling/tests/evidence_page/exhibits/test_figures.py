"""The figures of each exhibit: what they say of known answers, and that they are bounded."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from predictions.contract.answers import Answers
from scheduling.checks import CHECKS_BY_ID
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.evidence_page.exhibits import EXHIBITS
from scheduling.evidence_page.exhibits.base import NothingToShow
from scheduling.evidence_page.exhibits.calibration import Calibration
from scheduling.evidence_page.exhibits.changed_rows import MOST_ROWS, ChangedRows
from scheduling.evidence_page.exhibits.confusion import MOST_LABELS, OTHERS, Confusion
from scheduling.evidence_page.exhibits.drift import Drift
from scheduling.evidence_page.exhibits.gain import Gain
from scheduling.evidence_page.exhibits.latency import Latency
from scheduling.evidence_page.exhibits.slices import Slices
from scheduling.tests.evidence_factory import ask, make_evidence


@pytest.fixture
def evidence(forests):
    return make_evidence(forests)


def outcomes_of(evidence, *checks):
    return {check: ask(CHECKS_BY_ID[check], evidence) for check in checks}


def of_many_labels(evidence, labels, rows):
    """The same with `labels` labels: the candidate is right, the champion says the first label always."""
    truth = [i % labels for i in range(rows)]
    frame = evidence.frame.sample(rows, replace=True, random_state=0).reset_index(drop=True)
    frame[evidence.spec.output_name] = truth
    return replace(
        evidence,
        spec=replace(evidence.spec, labels=tuple(range(labels))),
        frame=frame,
        served_answers=Answers(truth, None),
        champion_answers=Answers([0] * rows, None),
    )


def test_the_gain_is_that_of_the_check_with_what_it_was_held_against(evidence):
    outcomes = outcomes_of(evidence, "evaluation_metrics")
    figures = Gain().figures(evidence, outcomes)
    measured = outcomes["evaluation_metrics"].measured
    assert (figures["low"], figures["high"]) == (measured["gain"]["low"], measured["gain"]["high"])
    assert figures["gain"] == pytest.approx(figures["candidate"] - figures["champion"])
    assert figures["alpha"] == measured["look"]["alpha"] < 0.05
    assert (figures["least_gain"], figures["margin"], figures["verdict"]) == (0.01, 0.0, "better")
    assert "97.8 %" in Gain().describe(figures)


def test_without_a_champion_there_is_no_gain_and_the_reason_is_told(forests):
    evidence = make_evidence(forests, champion=None)
    outcomes = outcomes_of(evidence, "evaluation_metrics")
    with pytest.raises(NothingToShow, match=re.escape(outcomes["evaluation_metrics"].message)):
        Gain().figures(evidence, outcomes)
    with pytest.raises(NothingToShow, match="evaluation_metrics"):
        Gain().figures(evidence, {})
    with pytest.raises(NothingToShow):
        ChangedRows().figures(evidence, {})


def test_confusion_counts_every_row_of_both(evidence):
    figures = Confusion().figures(evidence, {})
    assert figures["labels"] == ["0", "1", "2"]
    assert figures["champion"] == [[15, 0, 0], [0, 0, 15], [0, 0, 15]]
    assert sum(map(sum, figures["candidate"])) == 45
    right = [sum(figures[who][i][i] for i in range(3)) for who in ("candidate", "champion")]
    assert right[1] == 30
    told = re.findall(r"\d+", Confusion().describe(figures))
    assert told[:3] == [str(right[0]), "45", "30"]
    assert told[-3:] == ["2", "1", "15"]  # the champion's most frequent mistake: 2 for 1, on 15 rows


def test_of_many_labels_the_rare_ones_are_counted_as_one(evidence):
    figures = Confusion().figures(of_many_labels(evidence, 40, 400), {})
    assert figures["labels"] == [*map(str, range(MOST_LABELS)), OTHERS]
    assert figures["candidate"][-1] == [0] * MOST_LABELS + [(40 - MOST_LABELS) * 10]
    assert figures["champion"][-1] == [(40 - MOST_LABELS) * 10] + [0] * MOST_LABELS
    assert figures["candidate"][3][3] == 10


def test_rows_are_those_of_the_file_with_values_and_answers(evidence):
    figures = ChangedRows().figures(evidence, {})
    assert (figures["fixed"]["rows"], figures["broken"]["rows"]) == (14, 3)
    for kind, who in (("fixed", "candidate"), ("broken", "champion")):
        for row in figures[kind]["shown"]:
            of_file = evidence.frame.iloc[row["row"] - 1]
            assert row["values"] == [of_file[name] for name in figures["features"]]
            assert row["label"] == row[who] == of_file["species"]
            assert row["champion"] != row["candidate"]


def test_one_row_is_one_row():
    said = ChangedRows().describe({"by": "labels", "fixed": {"rows": 1}, "broken": {"rows": 2}})
    assert ("1 row only" in said, "2 rows only" in said) == (True, True)


def test_values_that_are_redacted_in_the_log_are_not_kept_here(evidence):
    figures = ChangedRows().figures(replace(evidence, redacted=frozenset({"petalwidth"})), {})
    assert figures["redacted"] == ["petalwidth"]
    assert figures["features"] == ["sepallength", "sepalwidth", "petallength"]
    assert {len(row["values"]) for row in figures["fixed"]["shown"]} == {3}


def test_of_a_regression_the_rows_with_the_largest_change_come_first(evidence):
    truth = evidence.frame["petalwidth"].tolist()
    of_values = replace(
        evidence,
        spec=replace(evidence.spec, task="regression", labels=()),
        frame=evidence.frame.assign(species=truth),
        served_answers=Answers([value + 0.1 for value in truth], None),
        champion_answers=Answers([value + 0.1 * i for i, value in enumerate(truth)], None),
    )
    figures = ChangedRows().figures(of_values, {})
    assert [row["row"] for row in figures["fixed"]["shown"][:3]] == [45, 44, 43]
    assert [row["row"] for row in figures["broken"]["shown"]] == [1]
    assert Calibration().figures(of_values, {})["candidate"]["distance"] == pytest.approx(0.1)
    with pytest.raises(NothingToShow):
        Confusion().figures(of_values, {})


def test_promised_is_compared_with_kept(evidence):
    rows = evidence.scored["candidate"]
    figures = Calibration().figures(evidence, {})
    bins = figures["candidate"]["bins"]
    assert sum(one["rows"] for one in bins) == 45
    right = sum(one["rows"] * one["observed"] for one in bins)
    assert right == pytest.approx((rows.predicted == rows.y).sum())
    assert all(0 <= one["low"] <= one["observed"] <= one["high"] <= 1 for one in bins)


def test_wilsons_interval_is_that_of_the_textbook(evidence):
    """8 of 10 right: 0.4902 to 0.9433 (Wilson 1927)."""
    probabilities = np.tile([0.95, 0.05, 0.0], (45, 1))
    outputs = [0] * 45
    ten = replace(
        evidence,
        frame=evidence.frame.head(10).assign(species=[0] * 8 + [1] * 2),
        served_answers=Answers(outputs[:10], probabilities[:10]),
        champion_answers=None,
    )
    (only,) = Calibration().figures(ten, {})["candidate"]["bins"]
    assert (only["low"], only["high"]) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


def test_models_without_probabilities_have_no_calibration(evidence):
    with pytest.raises(NothingToShow):
        Calibration().figures(of_many_labels(evidence, 3, 45), {})


def test_latency_has_percentiles_and_the_limits_in_force(evidence):
    figures = Latency().figures(evidence, outcomes_of(evidence, "latency"))
    assert figures["candidate"] == {"requests": 45, "percentiles_ms": [4.0] * 101}
    assert figures["limits"] == {"max_p50_ms": 50.0, "max_p95_ms": 100.0}


def test_latency_shows_every_request_of_both(evidence):
    """200 of the candidate, 180 of the champion, each twice as long."""
    played = evidence.rehearsal
    both = replace(
        played,
        seconds=[0.004] * 200,
        champion=replace(played, seconds=[0.008] * 180),
        replies=played.replies[:3],
    )
    figures = Latency().figures(replace(evidence, rehearsed=both), {})
    assert figures["candidate"] == {"requests": 200, "percentiles_ms": [4.0] * 101}
    assert figures["champion"] == {"requests": 180, "percentiles_ms": [8.0] * 101}
    assert re.findall(r"\d+\.\d ms", Latency().describe(figures)) == ["4.0 ms"] * 3 + ["8.0 ms"] * 3
    alone = replace(evidence, rehearsed=replace(played, champion=None))
    assert Latency().figures(alone, {})["champion"] is None


def test_a_rehearsal_that_failed_says_why_there_is_no_latency(evidence):
    with pytest.raises(NothingToShow, match="ended with -9"):
        Latency().figures(replace(evidence, rehearsed=RehearsalFailed("its server ended with -9")), {})


def test_drift_shows_what_checks_kept_the_largest_first(evidence):
    outcomes = outcomes_of(evidence, "feature_drift", "prediction_drift", "label_drift", "latency")
    columns = Drift().figures(evidence, outcomes)["columns"]
    assert {"petalwidth", "prediction drift", "label drift"} < {column["name"] for column in columns}
    distances = [column["distance"] for column in columns]
    assert distances == sorted(distances, reverse=True)
    with pytest.raises(NothingToShow):
        Drift().figures(evidence, outcomes_of(evidence, "latency"))


def test_distributions_of_redacted_features_are_not_kept(evidence):
    evidence = replace(evidence, redacted=frozenset({"petalwidth", "petallength"}))
    outcomes = outcomes_of(evidence, "feature_drift", "label_drift")
    figures = Drift().figures(evidence, outcomes)
    assert {column["name"] for column in figures["columns"]} == {"sepallength", "sepalwidth", "label drift"}
    assert "petal" not in json.dumps(figures["columns"])
    assert Drift().describe(figures).endswith(": petallength, petalwidth.")
    evidence = replace(evidence, redacted=frozenset(evidence.spec.names))
    with pytest.raises(NothingToShow, match=": petallength, petalwidth, sepallength, sepalwidth"):
        Drift().figures(evidence, outcomes_of(evidence, "feature_drift"))


def test_slices_are_sorted_and_bounded(evidence):
    found = [judged_slice(f"petalwidth < {i}", gain=0.01 * (i - 5)) for i in range(30)]
    unasked = judged_slice("petalwidth > 9", gain=None)
    outcome = Outcome(level=Level.PASS, message="ok", details={"named": [unasked], "found": found})
    figures = Slices().figures(evidence, {"slices": outcome})
    assert figures["slices"][0]["condition"] == "petalwidth < 0"
    assert (len(figures["slices"]), figures["left_out"]) == (20, 10)
    few = outcomes_of(evidence, "slices")
    with pytest.raises(NothingToShow, match=re.escape(few["slices"].message)):
        Slices().figures(evidence, few)


def judged_slice(condition, *, gain):
    return {
        "name": "", "condition": condition, "rows": 60, "gain": gain, "champion": 0.9, "candidate": 0.8,
        "low": -0.1, "high": 0.2, "worse": False, "problem": "", "features": ["petalwidth"], "share": 0.5,
    }  # fmt: skip


def test_of_200_000_rows_the_figures_are_as_small_as_of_45(evidence):
    many = of_many_labels(evidence, 3, 200_000)
    size = 0
    for exhibit in (Confusion(), ChangedRows()):
        size += len(json.dumps(exhibit.figures(many, {})))
    assert len(ChangedRows().figures(many, {})["fixed"]["shown"]) == MOST_ROWS
    assert size < 10_000


def test_every_exhibit_has_its_own_id():
    assert len({exhibit.id for exhibit in EXHIBITS}) == len(EXHIBITS)
