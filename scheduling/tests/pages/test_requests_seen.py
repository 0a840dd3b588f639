"""What the page of a model says beside the drift: whether real requests were looked at, and since when."""

from datetime import UTC, datetime

import pytest

from predictions.models.prediction import first_id_at
from scheduling.models import CheckResult, Run
from scheduling.pages.measured.requests_seen import requests_seen
from scheduling.pages.model_page import ModelPage
from scheduling.tests.pages.past import make_past

SINCE = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
WINDOW = {"first": str(first_id_at(SINCE)), "last": str(first_id_at(SINCE)), "rows": 700, "sha256": "0"}
TRAINING, EVALUATION = ({"name": f"{which} set", "rows": 90} for which in ("training", "evaluation"))
LOG = {"name": "prediction log", "rows": 600, "asked": 650}


def told(recent, window):
    details = {"recent": recent, "reference": TRAINING} if recent else {}
    return requests_seen(CheckResult(details=details, limit={"least_logged_rows": 500}), window)


def test_requests_are_counted_with_the_oldest_of_them():
    said = told(LOG, WINDOW)
    assert "650 rows of real requests" in said
    assert "2026-03-04 05:06 UTC" in said
    assert "training set" in said
    assert "evaluation set" not in said


def test_without_requests_it_is_told_what_is_compared_instead():
    said = told(EVALUATION, None)
    assert "500" in said
    assert said.index("evaluation set") < said.index("training set")


def test_requests_that_repeat_each_other_are_told():
    said = told(EVALUATION, WINDOW)
    assert all(part in said for part in ("700", "2026-03-04 05:06 UTC", "500", "evaluation set"))


def test_of_a_check_that_compared_nothing_nothing_is_told():
    assert told(None, WINDOW) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(("window", "since"), [(None, False), (WINDOW, True)])
def test_the_page_reads_the_window_of_the_run_that_looked(iris, live, strong, window, since):
    make_past(iris, live, strong, months=2)
    Run.objects.filter(results__check_id="feature_drift").update(evidence={"log": {"asked": window}})
    page = ModelPage(iris, card=None, user=None, now=SINCE)
    assert ("2026-03-04 05:06 UTC" in page.drift_rests_on) is since
    assert "evaluation set" in page.drift_rests_on
