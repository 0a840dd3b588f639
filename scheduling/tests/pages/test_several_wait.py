"""Where several candidates wait for an answer, the line says how many and which is best, if that is known."""

import pytest
from django.contrib.auth.models import User

from predictions.models import Dataset, ModelVersion
from scheduling.pages.overview import overview
from scheduling.tests.pages.past import measure
from scheduling.tests.run_factory import make_awaiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(iris, live):
    return User.objects.create_superuser("boss")


@pytest.fixture
def versions(strong):
    """Three of them, the oldest first."""
    columns = {one.attname: getattr(strong, one.attname) for one in strong._meta.concrete_fields}
    others = []
    for number in (8, 9):
        others.append(
            ModelVersion(
                **columns
                | {"id": None, "number": number, "name": f"m{number}", "artefact_sha256": f"{number}" * 64}
            )
        )
    return [strong, *ModelVersion.objects.bulk_create(others)]


def wait(model, version, value, *, by="cleo", rows=None):
    run = make_awaiting(model, version, requested_by=by)
    if rows:
        type(run).objects.filter(pk=run.pk).update(evaluation_dataset=rows)
    measure(run, live=0.5, candidate=value)
    return run


def card_of(person):
    (card,) = overview(person).cards
    return card


def test_the_best_on_the_same_rows_is_named_and_asked(boss, iris, versions):
    runs = [wait(iris, version, value) for version, value in zip(versions, (0.7, 0.9, 0.8), strict=True)]
    waiting = card_of(boss).waiting
    assert waiting.run == runs[1]
    assert waiting.sentence.startswith("3 versions wait for your answer: 1.9, 1.8, 1.1. ")
    assert waiting.sentence.endswith("1.8 has the best f1_macro on the same rows: 0.900.")
    (need,) = (one for one in overview(boss).needs if one.what == waiting.sentence)
    assert f"/{runs[1].pk}/" in need.href
    assert not [fact for fact in card_of(boss).well.wrong if "better" in fact.why]


def test_two_equal_ones_are_both_named(boss, iris, versions):
    for version in versions[:2]:
        wait(iris, version, 0.9)
    assert "1.8, 1.1 have the best" in card_of(boss).waiting.sentence


def test_of_different_rows_nothing_is_said_and_the_newest_is_asked(boss, iris, versions):
    wait(iris, versions[0], 0.9)
    snapshot = Dataset.objects.create(
        registered_model=iris, role="evaluation", file="s.csv", sha256="s" * 64, rows=9, source="snapshot"
    )
    newest = wait(iris, versions[1], 0.7, rows=snapshot)
    waiting = card_of(boss).waiting
    assert waiting.run == newest
    assert "different rows" in waiting.sentence
    assert "best f1_macro" not in waiting.sentence


def test_without_a_measurement_nothing_is_best(boss, iris, versions):
    wait(iris, versions[0], 0.9)
    make_awaiting(iris, versions[1], requested_by="cleo")
    assert "one metric" in card_of(boss).waiting.sentence


def test_who_started_the_best_is_asked_about_another(boss, iris, versions):
    wait(iris, versions[0], 0.7)
    wait(iris, versions[1], 0.9, by="boss")
    waiting = card_of(boss).waiting
    assert (waiting.may_answer, waiting.asked.label) == (True, "1.1")
    assert "1.8 has the best" in waiting.sentence
