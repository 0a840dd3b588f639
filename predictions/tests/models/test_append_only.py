"""Rows that are evidence are written once."""

from uuid import UUID

import pytest
from django.db.models import ProtectedError

from predictions.models import Dataset, Feedback, ModelVersion, Prediction, Promotion
from predictions.models.base import AppendOnly, ImmutableRow
from predictions.tests.factories import make_live, make_model, make_person, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    """One row of each kind of evidence, as read from the database."""
    model = make_model()
    Dataset.objects.create(registered_model=model, role="training", file="f", sha256="s", rows=3)
    version = make_version(model, "a")
    make_live(version)
    Prediction.objects.create(
        id=UUID(int=1), registered_model=model, model_version=version, inputs={}, output=0, latency_us=1
    )
    Feedback.objects.create(prediction_id=UUID(int=1), label=0, who="ann")
    kept = (Dataset, Feedback, ModelVersion, Prediction, Promotion)
    return [model.history.get(), *(evidence.objects.get() for evidence in kept)]


def test_the_evidence_of_the_registry_is_append_only(rows):
    assert {type(row) for row in rows} == set(kinds_of(AppendOnly))


def kinds_of(base):
    """The tables of this room that are made of `base`."""
    for kind in base.__subclasses__():
        if kind._meta.abstract:
            yield from kinds_of(kind)
        elif kind._meta.app_label == "predictions":
            yield kind


def test_no_row_is_saved_twice(rows):
    for row in rows:
        with pytest.raises(ImmutableRow, match="cannot be changed"):
            row.save()
        with pytest.raises(ImmutableRow, match="cannot be changed"):
            row.save(update_fields=["id"])


def test_a_row_just_created_is_not_saved_twice_either():
    version = make_version(make_model(), "a")
    version.name = "better"
    with pytest.raises(ImmutableRow):
        version.save()
    assert ModelVersion.objects.get().name == "a"


def test_no_row_is_deleted(rows):
    for row in rows:
        with pytest.raises(ImmutableRow, match="cannot be deleted"):
            row.delete()
        assert type(row).objects.filter(pk=row.pk).exists()


def test_nothing_that_evidence_names_can_be_deleted(rows):
    promotion = rows[-1]
    for needed in (promotion.registered_model, promotion.version.signature):
        with pytest.raises(ProtectedError):
            needed.delete()
    with pytest.raises(ProtectedError):
        ModelVersion.objects.all().delete()
    assert Promotion.objects.count() == 1


def test_a_person_who_promoted_cannot_be_deleted(rows):
    live = rows[-1]
    ann = make_person()
    Promotion.objects.create(
        registered_model=live.registered_model,
        sequence=2,
        version=make_version(live.registered_model, "b"),
        replaced_version=live.version,
        kind="promote",
        by="ann",
        user=ann,
        reason="r",
    )
    with pytest.raises(ProtectedError):
        ann.delete()
    assert Promotion.objects.latest().user == ann
