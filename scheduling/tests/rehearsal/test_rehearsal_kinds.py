"""Booleans, whole numbers, text and values, judged with nothing replaced: rehearsed in a real server."""

import numpy as np
import pandas as pd
import pytest

from scheduling.judging.judge import judge
from scheduling.tests.problem_factory import make_problem, train
from scheduling.tests.run_factory import make_running

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("api", "server_uses_this_database"),
]


def flats(n=200):
    """Rents of flats: some have a lift."""
    chance = np.random.default_rng(5)
    frame = pd.DataFrame({"lift": chance.random(n) < 0.4, "rooms": chance.integers(1, 6, n)})
    frame["area"] = (20 * frame["rooms"] + chance.normal(0, 5, n)).round(1)
    frame["rent"] = (300 + 10 * frame["area"] + 80 * frame["lift"] + chance.normal(0, 30, n)).round(2)
    return frame


def judged(model, candidate):
    run = make_running(model)
    judge(run, candidate)
    run.refresh_from_db()
    return run, {result.check_id: result.level for result in run.results.all()}


def test_a_regression_on_booleans_and_numbers_goes_live():
    model = make_problem("flats", flats(), output="rent", task="regression")
    run, levels = judged(model, train(model, "RandomForestRegressor", n_estimators=20))
    assert (levels["data_quality"], levels["contract"], levels["parity"]) == ("pass", "pass", "pass"), (
        run.reason
    )
    assert run.decision == "promoted", run.reason
    assert "rmse " in run.reason


def test_a_classification_by_booleans_alone_goes_live():
    frame = flats()[["lift", "rooms"]].assign(large=flats()["area"] > 60)
    model = make_problem("large", frame, output="large")
    run, levels = judged(model, train(model, "RandomForestClassifier", n_estimators=20))
    assert (levels["contract"], levels["parity"], run.decision) == ("pass", "pass", "promoted"), run.reason
