"""The row that says whether the answers of a live version were right."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from predictions.models import Feedback, Prediction, RegisteredModel
from predictions.models.promotion import live_promotion
from predictions.paths import path_of
from scheduling.pages.overview import cards_of
from scheduling.pages.wellbeing import told_labels
from scheduling.pages.wellbeing.told_labels import RIGHT, Told, right_fact, told_of
from scheduling.pages.wellbeing.word import Word
from scheduling.tests.pages.test_honest_word import log

pytestmark = pytest.mark.django_db
UNTOLD = "not known yet: no true label has come back. How to tell them"


def tell(labels):
    for prediction, label in zip(Prediction.objects.order_by("pk"), labels, strict=False):
        Feedback.objects.create(prediction=prediction, label=label, who="ann")


def fact():
    boss = User.objects.create_superuser("boss")
    (card,) = cards_of(RegisteredModel.objects.all(), boss, now=timezone.now(), with_labels=True)
    return next(one for one in card.well.facts if one.name == RIGHT)


def test_without_a_label_it_leads_to_how_they_are_told(client, live):
    log(live, [0, 1])
    found = fact()
    assert (found.found, found.word, found.why) == (UNTOLD, Word.UNKNOWN, "")
    assert found.href == path_of("docs")
    assert "/feedback" in client.get(path_of("schema")).content.decode()


def test_with_labels_it_counts_the_right_ones_of_the_live_version_alone(live, strong):
    log(live, [0, 1, 2, 2])
    tell([0, 1, 1])
    found = fact()
    assert found.found == "2 of 3 (67%), by the true labels told last"
    assert (found.word, found.href) == (Word.UNKNOWN, "")
    assert told_of([strong.pk])[strong.pk].pairs == []


def test_labels_of_others_alone_do_not_say_that_none_has_come(monkeypatch, live, strong):
    monkeypatch.setattr(told_labels, "LOOKED_AT", 2)
    log(strong, [0, 1])
    tell([0, 1])
    assert fact().found.startswith("not known: none of the newest 2 true labels is of it.")


def test_of_a_number_it_says_how_far_off(live):
    flip = live_promotion(live.registered_model)
    flip.version.signature.task = "regression"
    assert right_fact(Told(pairs=[(1.0, 2.0), (4.0, 4.0)]), flip).found == (
        "off by 0.500 on average, by the 2 true values told last"
    )
