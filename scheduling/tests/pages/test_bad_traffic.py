"""After bad traffic the word is not green: refused requests, and data that nobody has looked at yet."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from predictions.models import Prediction, RequestCount
from predictions.models.prediction import first_id_at
from predictions.models.worker import BLOCK, block_of
from scheduling.evidence.samples import PREDICTION_LOG
from scheduling.models import Run
from scheduling.pages.wellbeing.came_since import came_since
from scheduling.pages.wellbeing.drift import DriftLook
from scheduling.pages.wellbeing.traffic import traffic_of
from scheduling.pages.wellbeing.word import Word
from scheduling.tests.pages.past import measure
from scheduling.tests.pages.test_honest_word import boss, fact_of, served  # noqa: F401 - fixtures
from scheduling.tests.pages.test_overview import card_of, count

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("answered", "refused", "word"),
    [(80, 20, Word.LOOK), (900, 112, Word.LOOK), (900, 100, Word.WELL), (0, 19, Word.WELL)],
)  # of 100 more that were answered
def test_a_notable_share_of_refused_requests_is_amber_with_the_number(
    boss, served, answered, refused, word  # noqa: F811
):  # fmt: skip
    count(served, answered=answered, refused=refused)
    fact = fact_of(boss, "Refused requests")
    assert (card_of(boss).word, fact.word) == (word, word)
    assert fact.found == f"{refused:,} of {100 + answered + refused:,} in the last hour"
    needs = card_of(boss).needs
    assert len(needs) == (word is Word.LOOK)
    assert all(f"{refused:,}" in one.what and "/requestcount/" in one.href for one in needs)


def test_what_was_refused_earlier_or_by_the_version_before(boss, served, strong):  # noqa: F811
    count(served, refused=500, ago=2 * HOUR)
    assert card_of(boss).word is Word.WELL
    count(strong, answered=0, refused=500)  # of a version that was not live lately
    assert card_of(boss).word is Word.WELL


@pytest.fixture
def looked(iris, served, strong):  # noqa: F811
    """A run that looked for drift in another hour than the newest requests, and found none."""
    run = Run.objects.create(
        task="retrain", registered_model=iris, trigger="schedule", status="finished", decision="kept",
        started_at=timezone.now() - 1.5 * HOUR, finished_at=timezone.now(), champion=served, candidate=strong,
        evaluation_dataset=iris.datasets.get(role="evaluation"), reason="So.",
    )  # fmt: skip
    measure(run, live=0.9, candidate=0.88)
    seen = {"recent": {"name": PREDICTION_LOG}}
    run.results.filter(check_id="feature_drift").update(level="pass", details=seen)
    return run


@pytest.mark.parametrize(
    ("before", "is_told", "word"),
    [(0, True, Word.NEW_DATA), (300, True, Word.WELL), (1_500, False, Word.WELL)],
)
def test_an_old_look_at_drift_does_not_make_it_well(
    client, boss, served, looked, before, is_told, word  # noqa: F811
):  # fmt: skip
    """That most requests came after it is told; that all of them did is the word."""
    count(served, answered=before, ago=3 * HOUR)
    count(served, answered=1_200)
    fact = fact_of(boss, "Drift of the data")
    assert (card_of(boss).word, fact.word) == (word, word)
    many = "1,300" if before else "all"
    assert f"{many} of the {before + 1_300:,} requests" in fact.found
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("admin:model-page", args=[served.registered_model.pk])).content.decode()
    drift = page.partition('id="drift"')[2].partition("</section>")[0]
    assert f"{many} of the {before + 1_300:,} requests" in drift
    assert ("again" in drift) is is_told
    card = client.get(reverse("admin:overview")).content.decode().partition("<details")[0]
    assert (f"{many} of the" in card) is is_told


@pytest.mark.parametrize(
    ("logged", "rows", "later", "came"),
    [
        (0, 1, 900, 70 + 900),  # what is not logged is known by five minutes
        (40, 1, 900, 40 + 70 + 900),
        (40, 500, 900, 100 + 70 + 900),  # many rows in a request
        (40, 1, 9_000, 100 + 70 + 9_000),  # the own five minutes are few beside what came later
    ],
)
def test_requests_are_counted_from_the_moment_of_the_look(live, logged, rows, later, came):
    """There are 100 in the look's own five minutes, 70 in the rest of its hour, and more later."""
    model = live.registered_model
    now = timezone.now().replace(minute=50, second=0, microsecond=0)
    look = now - 2 * HOUR + timedelta(minutes=2, seconds=30)  # at 52:30
    block = block_of(look.timestamp())
    for at, answered in ((block - BLOCK, 5_000), (block, 100), (block + BLOCK, 70), (block + HOUR, later)):
        RequestCount.objects.create(
            id=uuid4(), model_version=live, block=at, counted_until=at, answered=answered, refused=3, failed=0
        )
    moments = {look - timedelta(minutes=1): 7, look + timedelta(minutes=1): logged * rows}
    Prediction.objects.bulk_create(
        Prediction(
            id=UUID(int=first_id_at(moment).int + at), registered_model=model, model_version=live, inputs={},
            output=0, latency_us=9,
        )
        for moment, many in moments.items()
        for at in range(many)
    )  # fmt: skip
    versions = {model.pk: {live.pk}}
    traffic = traffic_of(versions, live={live.pk}, now=now)
    assert came_since({model.pk: look}, versions, traffic, now=now) == {model.pk: came}
    days_ago = now - timedelta(days=3)
    assert came_since({model.pk: days_ago}, versions, traffic, now=now) == {model.pk: 5_170 + later}


@pytest.mark.parametrize(
    ("since", "of", "many"),
    [
        (0, 0, "no request"),
        (0, 9, "none of the 9"),
        (9, 9, "all of the 9"),
        (1_000, 2_500, "1,000 of the 2,500"),
    ],
)
def test_what_came_since_a_look_is_told_of_the_day_that_was_counted(since, of, many):
    """A look may be older than a day: of the requests before nothing is known."""
    look = DriftLook(results=[], at=timezone.now() - timedelta(days=30), since=since, of=of)
    assert "24 hours" in look.when
    assert many in look.when


@pytest.mark.parametrize(
    ("looked_at", "word"), [("evaluation set", Word.UNKNOWN), (PREDICTION_LOG, Word.WELL)]
)
def test_a_look_at_rows_of_a_dataset_alone_saw_no_request(boss, served, looked, looked_at, word):  # noqa: F811
    count(served, answered=1_200, ago=3 * HOUR)
    looked.results.filter(check_id="feature_drift").update(details={"recent": {"name": looked_at}})
    fact = fact_of(boss, "Drift of the data")
    assert (fact.word, "only rows of a dataset" in fact.found) == (word, word is Word.UNKNOWN)
    assert card_of(boss).word is Word.WELL
