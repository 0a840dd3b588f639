"""A candidate for a new signature against the champion of an old one: compared, or the reason why not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.svm import LinearSVC

from predictions.registry.datasets import Tables
from predictions.registry.registration import register_estimator
from scheduling.judging.judge import judge
from scheduling.tests.problem_factory import (
    make_problem,
    make_signature,
    register_rows,
    set_limits,
    set_policy,
    train,
)
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]


def people(seed, n=400):
    """Who buys depends on age and town; `visitor` came twice."""
    chance = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": chance.integers(18, 80, n), "income": chance.gamma(3, 10, n).round(2)})
    noise = chance.normal(0, 12, n)
    frame["buys"] = np.where(
        frame["age"] + noise > 60, "yes", np.where(frame["age"] + noise > 40, "may", "no")
    )
    return frame


@pytest.fixture
def model():
    """With a live version of the first signature: age and income."""
    model = make_problem("people", people(1), output="buys")
    set_limits(model, "leakage", max_leaked_share=1.0)  # the next signatures have one set for both
    make_live(train(model, "DecisionTreeClassifier", max_depth=2))
    return model


def judged(model, candidate):
    run = make_running(model)
    judge(run, candidate)
    run.refresh_from_db()
    return run


def next_signature(model, evaluation, training=None, **columns):
    """A newer signature with the columns of these rows, which are the data from now on."""
    training = evaluation if training is None else training
    number = model.signatures.count() + 1
    make_signature(model, training, **{"output": "buys", "number": number} | columns)
    for role, rows in (("training", training), ("evaluation", evaluation)):
        register_rows(model, role, rows)
    return train(model, "DecisionTreeClassifier", name=f"tree{number}", max_depth=4)


def gain_of(run):
    return run.results.get(check_id="evaluation_metrics").measured["gain"]


def test_one_feature_more_is_compared(model):
    frame = people(2).assign(shoe=np.arange(400) % 9)
    run = judged(model, next_signature(model, frame))
    assert gain_of(run) is not None
    assert run.candidate.label == "2.0"


def test_a_feature_that_the_data_lack_is_a_reason_not_a_crash(model):
    run = judged(model, next_signature(model, people(2).drop(columns="income")))
    assert run.decision == "cannot_tell"
    assert "income" in run.reason
    result = run.results.get(check_id="evaluation_metrics")
    assert (result.level, set(result.measured) >= {"candidate"}) == ("warn", True)
    assert "champion" not in result.measured


def test_rows_that_the_champion_cannot_be_asked_are_a_reason(model):
    frame = people(2)
    frame.loc[:2, "income"] = np.nan
    run = judged(model, next_signature(model, frame, people(3).drop(columns="income")))
    assert run.decision == "cannot_tell"
    assert "3 of 400 rows" in run.reason


def test_a_label_that_is_new_has_probability_zero_with_the_champion(model):
    frame = people(2)
    frame.loc[frame["age"] > 70, "buys"] = "often"
    set_policy(model, primary_metric="log_loss")
    run = judged(model, next_signature(model, frame))
    assert gain_of(run) is not None
    assert run.decision == "promoted"


def test_a_label_that_is_no_more_is_a_reason(model):
    frame = people(2)
    frame["buys"] = frame["buys"].replace("may", "no")
    run = judged(model, next_signature(model, frame))
    assert run.decision == "cannot_tell"
    assert ": may." in run.reason


@pytest.mark.parametrize("labels", [("may", "no", "yes"), ("no", "yes")])
def test_a_champion_without_probabilities_is_asked_about_labels_alone(model, labels):
    frame = people(2)
    frame["buys"] = frame["buys"].where(frame["buys"].isin(labels), "no")
    for role in ("training", "evaluation"):
        register_rows(model, role, people(2))
    names, tables = ["age", "income"], Tables()
    table = tables.of(model.datasets.filter(role="evaluation").first())
    version = register_estimator(
        estimator=LinearSVC(C=1e-4).fit(people(2)[names], people(2)["buys"]), name="line",
        signature=model.signatures.get(), evaluation=table, training=table.dataset, source="trained",
        created_by="a test",
    )  # fmt: skip
    make_live(version)
    run = judged(model, next_signature(model, frame))
    assert (run.champion, run.decision) == (version, "promoted" if len(labels) == 3 else "cannot_tell")


def test_another_name_of_the_output_is_the_same_question(model):
    frame = people(2).rename(columns={"buys": "bought"})
    run = judged(model, next_signature(model, frame, output="bought"))
    assert gain_of(run) is not None


def test_another_task_is_a_reason(model):
    frame = people(2).assign(buys=people(2)["age"] * 2.0)
    make_signature(model, frame, output="buys", task="regression", number=2)
    for role in ("training", "evaluation"):
        register_rows(model, role, frame)
    run = judged(model, train(model, "Ridge", name="line"))
    assert run.decision == "cannot_tell"
    assert "classification" in run.reason
    assert "regression" in run.reason


def test_a_group_column_need_not_be_a_feature(model):
    set_policy(model, group_column="visitor")
    frame = people(2, 200)
    twice = pd.concat([frame, frame]).assign(visitor=[*range(200), *range(200)])
    register_rows(model, "evaluation", twice)
    run = judged(model, train(model, "DecisionTreeClassifier", name="other", max_depth=4))
    assert "200 groups" in run.reason


@pytest.mark.parametrize(
    ("visitor", "said"),
    [(None, "visitor"), ([*range(199), None], "1 of 200 rows")],
)
def test_a_group_column_that_is_not_there_or_has_holes_is_a_reason(model, visitor, said):
    set_policy(model, group_column="visitor")
    frame = people(2, 200)
    register_rows(model, "evaluation", frame if visitor is None else frame.assign(visitor=visitor))
    run = judged(model, train(model, "DecisionTreeClassifier", name="other", max_depth=4))
    assert (run.decision, said in run.reason) == ("cannot_tell", True), run.reason
