"""A version that no run judged has the score of the newest run that compared another with it."""

import pytest
from django.utils import timezone

from scheduling.models import Run
from scheduling.pages.tabs.versions import version_rows
from scheduling.tests.pages.past import measure
from scheduling.tests.run_factory import make_run

pytestmark = pytest.mark.django_db


def judged(model, one, champion, **values):
    evaluation = model.datasets.filter(role="evaluation").first()
    run = make_run(model, candidate=one, champion=champion, evaluation_dataset=evaluation, status="finished",
                   decision="kept", reason="Kept: so.", finished_at=timezone.now())  # fmt: skip
    measure(run, **values)
    return run


def row_of(version, live):
    rows = version_rows(version.registered_model, live=live.pk)
    return next(one for one in rows if one.version == version)


def test_the_live_version_has_the_score_of_the_newest_run_against_it(iris, live, strong):
    assert (row_of(live, live).score, row_of(live, live).verdict) == ("", "not judged")
    judged(iris, strong, live, live=0.61, candidate=0.7)
    newest = judged(iris, strong, live, live=0.62, candidate=0.8)
    make_run(iris, candidate=strong, champion=live, status="failed", reason="It broke.",
             finished_at=timezone.now())  # it measured nothing  # fmt: skip
    row = row_of(live, live)
    assert (row.score, row.run, row.verdict) == ("f1_macro 0.620", newest, "scored as the live version")


def test_what_was_judged_itself_keeps_its_own_verdict(iris, live, strong):
    own = judged(iris, strong, live, live=0.6, candidate=0.7)
    judged(iris, live, strong, live=0.9, candidate=0.5)
    row = row_of(strong, strong)
    assert (row.score, row.run) == ("f1_macro 0.700", own)
    assert row_of(live, strong).score == "f1_macro 0.500"
    assert Run.objects.count() == 2
