"""How worn an evaluation set is, where people look: its page, the policy's page, the front page."""

import pytest
from django.urls import reverse

from predictions.registry import datasets
from scheduling.admin.bringing.uses import NOT_USED
from scheduling.models import HoldOut, Look
from scheduling.tests.admin.people import sign_in_superuser


@pytest.fixture
def boss(client, iris):
    return sign_in_superuser(client)


def look_at(model, *, number, factor):
    return Look.objects.create(
        evaluation_dataset=model.datasets.get(role="evaluation"),
        number=number,
        candidate="1.7",
        champion="1.2",
        metric="f1_macro",
        alpha=0.001,
        margin_factor=factor,
    )


def pages(client, model):
    """What each of them says."""
    evaluation = model.datasets.get(role="evaluation")
    paths = [
        reverse("admin:predictions_dataset_change", args=[evaluation.pk]),
        reverse("admin:predictions_dataset_changelist"),
        reverse("admin:scheduling_gatepolicy_change", args=[model.policy.pk]),
        reverse("admin:scheduling_gatepolicy_changelist"),
    ]
    return [client.get(path).content.decode() for path in paths]


def front_page(client):
    return client.get(reverse("admin:index")).content.decode()


def test_a_fresh_set_has_seen_no_look(client, boss, iris):
    assert all(NOT_USED in page for page in pages(client, iris))


def test_each_look_is_listed_and_the_last_one_tells_the_wear(client, boss, iris):
    look_at(iris, number=1, factor=1.0)
    look_at(iris, number=2, factor=1.17)
    said = pages(client, iris)
    last = Look.objects.get(number=2)
    assert "1.17" in last.sentence
    assert all(last.sentence in page for page in said)
    assert said[0].count("1.7") >= 2
    assert last.sentence not in front_page(client)


def test_a_worn_set_asks_for_fresh_labels_everywhere(client, boss, iris):
    look_at(iris, number=66, factor=2.01)
    last = Look.objects.get()
    assert (last.is_worn, "66" in last.sentence) == (True, True)
    assert all(last.sentence in page for page in [*pages(client, iris), front_page(client)])


def test_the_page_of_a_set_changes_nothing(client, boss, iris):
    look_at(iris, number=1, factor=1.0)
    page = pages(client, iris)[0]
    assert 'name="_save"' not in page
    evaluation = iris.datasets.get(role="evaluation")
    path = reverse("admin:predictions_dataset_change", args=[evaluation.pk])
    assert client.post(path, {"looks-TOTAL_FORMS": "0"}).status_code == 403


def test_a_set_that_continues_another_says_so(client, boss, iris):
    look_at(iris, number=3, factor=1.25)
    first = iris.datasets.get(role="evaluation")
    second = datasets.register(registered_model=iris, role="evaluation", content=b"a\n1\n")
    HoldOut.objects.create(evaluation_dataset=second, first=first, fingerprint="f", shared=0.6)
    page = client.get(reverse("admin:predictions_dataset_change", args=[second.pk])).content.decode()
    assert f"{Look.objects.get().sentence}; 60% " in page


def test_training_data_do_not_wear(client, boss, iris):
    training = iris.datasets.get(role="training")
    page = client.get(reverse("admin:predictions_dataset_change", args=[training.pk])).content.decode()
    assert NOT_USED not in page
