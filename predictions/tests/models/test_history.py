"""The history of what people decide: every save, who made it, old and new, and what begins it."""

import pytest

from predictions.models.base import NOBODY, ImmutableRow, changes_of
from predictions.tests.factories import make_model, make_person

pytestmark = pytest.mark.django_db


def told(record):
    return [(change.name, change.old, change.new) for change in changes_of(record)]


def test_a_change_by_code_says_that_it_was_no_person():
    model = make_model()
    model.title = "Better wine"
    model.save()
    record = model.history.first()
    assert (record.history_by, record.history_user, record.history_type) == (NOBODY, None, "~")
    assert told(record) == [("title", "Wine", "Better wine")]


def test_the_first_record_has_no_old_values():
    changes = {name: (old, new) for name, old, new in told(make_model().history.get())}
    assert changes["name"] == ("–", "wine")
    assert "paused by" not in changes


def test_a_save_without_a_change_is_told_as_none():
    model = make_model()
    model.save()
    assert told(model.history.first()) == []


def test_who_made_a_change_is_known_after_the_account_is_gone():
    model, ann = make_model(), make_person("ann")
    model._history_user = ann
    model.save()
    ann.delete()
    record = model.history.first()
    assert (record.history_user, record.history_by) == (None, "ann")


def test_a_record_is_written_once():
    record = make_model().history.get()
    record.title = "Vinegar"
    with pytest.raises(ImmutableRow):
        record.save()
    with pytest.raises(ImmutableRow):
        record.delete()


def test_a_list_is_told_in_words():
    model = make_model()
    model.redacted_features = ["age", "town"]
    model.save()
    assert told(model.history.first()) == [("redacted features", "–", "age, town")]
    model.redacted_features = []
    model.save()
    assert told(model.history.first()) == [("redacted features", "age, town", "–")]
