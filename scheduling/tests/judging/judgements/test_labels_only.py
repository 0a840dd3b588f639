"""Candidates and champions without probabilities are judged by the metrics that need none."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import RidgeClassifier, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from predictions.models.promotion import live_promotion
from predictions.serving.follower import Follower
from scheduling.evidence_page import page
from scheduling.judging.judge import judge
from scheduling.models import EvidenceFile
from scheduling.statistics.metrics.table import METRICS, metrics_of
from scheduling.tests.labels_only import EVALUATION, SPEC, fitted, good, poor, registered, registered_as_it_is
from scheduling.tests.problem_factory import make_problem
from scheduling.tests.replay.replays import assert_same
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live

NEEDING = {name for name, metric in METRICS.items() if metric.needs_probabilities}
NOT_SHOWN = ["calibration", "slices"]  # of 45 rows no slice is
ROWS = EVALUATION[list(SPEC.names)].to_dict("records")


def judged(model, candidate):
    run = make_running(model)
    judge(run, candidate)
    run.refresh_from_db()
    return run, {result.check_id: result for result in run.results.all()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
def test_the_better_of_two_goes_live_and_answers_as_scikit_learn_does(
    iris, client, api, server_uses_this_database
):
    """Nothing is replaced: the candidate is rehearsed in a server of its own."""
    first = registered(iris, poor(), name="poor")
    make_live(first)
    run, results = judged(iris, registered(iris, good(), name="good"))
    assert (run.status, run.decision, run.champion) == ("finished", "promoted", first), run.reason
    assert {result.level for result in results.values()} <= {"pass", "warn", "not_applicable"}
    assert live_promotion(iris).version == run.candidate
    parity = results["parity"].measured
    assert (parity["rows"], parity["label_differences"], parity["label_differences_together"]) == (45, 0, 0)
    assert_same(run)
    Follower().step()
    expected = fitted(good()).predict(EVALUATION[list(SPEC.names)]).tolist()
    alone = [client.post("/predict", row, content_type="application/json").json() for row in ROWS]
    assert [answer["species"] for answer in alone] == expected
    together = client.post("/api/models/iris/predict", ROWS, content_type="application/json").json()
    assert together["predictions"] == expected
    assert "probabilities" not in together


@pytest.mark.django_db
@pytest.mark.parametrize("champion", ["with", "without"])
def test_one_without_probabilities_is_compared_with_a_champion(iris, weak, champion, rehearsed, api):
    make_live(weak if champion == "with" else registered(iris, poor(), name="poor"))
    run, results = judged(iris, registered(iris, good(), name="good"))
    assert run.decision == "promoted", run.reason
    metrics = results["evaluation_metrics"]
    values = metrics.measured["candidate"]
    assert {name for name, value in values.items() if value is None} == NEEDING
    assert metrics.details["undefined"]["candidate"].keys() == NEEDING
    assert metrics.details["undefined"]["champion"].keys() == (set() if champion == "with" else NEEDING)
    assert results["parity"].level == "pass"
    assert results["slices"].measured["by"] == "accuracy"


@pytest.mark.django_db
@pytest.mark.parametrize("labels", [("no", "yes"), (False, True), (3, 7)], ids=str)
def test_labels_may_be_text_truth_values_or_numbers(labels, rehearsed, api):
    chance = np.random.default_rng(0)
    frame = pd.DataFrame({"age": chance.uniform(18, 80, 600), "debt": chance.uniform(0, 1, 600)})
    frame["buys"] = np.array(labels)[1 * (frame["age"] + 20 * frame["debt"] > 60)]
    model, names = make_problem("people", frame, output="buys"), ["age", "debt"]
    blind = RidgeClassifier().fit(frame.assign(age=chance.permutation(frame["age"]))[names], frame["buys"])
    first = registered_as_it_is(model, blind, name="blind")
    make_live(first)
    seeing = make_pipeline(StandardScaler(), SGDClassifier(random_state=0)).fit(frame[names], frame["buys"])
    run, results = judged(model, registered_as_it_is(model, seeing, name="seeing"))
    assert (run.decision, run.champion) == ("promoted", first), run.reason
    assert results["evaluation_metrics"].measured["candidate"]["f1_macro"] > 0.9


@pytest.mark.django_db
def test_one_with_probabilities_replaces_a_champion_without(iris, strong, rehearsed, api):
    make_live(registered(iris, poor(), name="poor"))
    run, results = judged(iris, strong)
    assert run.decision == "promoted", run.reason
    assert results["evaluation_metrics"].details["undefined"]["candidate"] == {}
    assert_same(run)


@pytest.mark.django_db
@pytest.mark.parametrize("metric", sorted(NEEDING))
def test_a_policy_that_asks_for_probabilities_is_told_what_to_ask_for(iris, weak, metric, rehearsed, api):
    make_live(weak)
    iris.policy.primary_metric, iris.policy.floors = metric, {"brier": 0.3, "accuracy": 0.6}
    iris.policy.save()
    run, results = judged(iris, registered(iris, good(), name="good"))
    assert run.decision != "promoted"
    assert not [check for check, result in results.items() if result.level == "error"]
    others = ", ".join(other.name for other in metrics_of("classification", probabilities=False))
    for check in ("evaluation_metrics", "slices"):
        assert "the candidate has no probabilities" in results[check].message
        assert results[check].message.endswith(f"{others}.")
    floors = results["absolute_floors"]
    assert (floors.level, floors.measured["brier"]) == ("fail", None)
    assert "f1_macro" in floors.message


@pytest.mark.django_db
def test_the_evidence_page_shows_all_but_the_calibration(iris, drawn, api):
    make_live(registered(iris, poor(), name="poor"))
    run, _ = judged(iris, registered(iris, good(), name="good"))
    assert EvidenceFile.objects.get(run=run).problem == ""
    exhibits = {exhibit["id"]: exhibit for exhibit in page.read(run)[0]}
    assert [name for name, one in exhibits.items() if not one["public"]["figures"]] == NOT_SHOWN
    assert "probabilities" in exhibits["calibration"]["note"]
    assert exhibits["confusion"]["public"]["picture"]
