"""Rate and redaction are edited on the registered model, and take effect without a restart."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.admin_pages import log_entries, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, iris):
    sign_in(client, "ann", "view_registeredmodel", "change_registeredmodel")
    return reverse("admin:predictions_registeredmodel_change", args=[iris.pk])


def save(client, page, **fields):
    data = {
        "title": "Iris",
        "is_default": "on",
        "public": "on",
        "invalid_input_message": "No.",
        "log_rate": "100",
    }
    return client.post(page, data | fields)


def test_the_features_are_shown_by_name(client, page):
    text = client.get(page).content.decode()
    for name in ("sepallength", "sepalwidth", "petallength", "petalwidth"):
        assert f'name="redacted_features" value="{name}"' in text


def test_an_edit_is_served_by_the_next_look_at_the_ledger(client, page, iris, live):
    assert save(client, page, log_rate="5", redacted_features=["petalwidth"]).status_code == 302
    Follower().step()
    served = serving.current().default
    assert (served.log_rate, served.redacted) == (5, {"petalwidth"})
    assert "Log rate" in log_entries()[0][2]
    assert save(client, page).status_code == 302
    Follower().step()
    assert (serving.current().default.log_rate, serving.current().default.redacted) == (100, frozenset())


@pytest.mark.parametrize(
    "fields", [{"log_rate": "101"}, {"log_rate": "-1"}, {"log_rate": ""}, {"redacted_features": ["colour"]}]
)
def test_what_makes_no_sense_is_refused(client, page, iris, fields):
    before = (iris.log_rate, iris.redacted_features)
    assert save(client, page, **fields).status_code == 200
    iris.refresh_from_db()
    assert (iris.log_rate, iris.redacted_features) == before


def test_a_model_checks_its_features_itself(iris):
    iris.redacted_features = ["petalwidth"]
    iris.full_clean()
    iris.redacted_features = ["colour", "petalwidth"]
    with pytest.raises(ValidationError, match="colour"):
        iris.full_clean()


def test_the_history_tells_what_was_redacted(client, page, iris):
    assert save(client, page, redacted_features=["petalwidth", "sepalwidth"]).status_code == 302
    reply = client.get(f"/admin/predictions/registeredmodel/{iris.pk}/history/")
    assert reply.status_code == 200
    assert {"petalwidth", "sepalwidth"} <= set(re.findall(r"\w+", reply.content.decode()))
