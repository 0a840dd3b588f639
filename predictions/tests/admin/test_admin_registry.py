"""Registered models and signatures in the admin: what is a person's may be edited, the rest not."""

import pytest
from django.urls import reverse

from predictions.models import Feature, RegisteredModel, Signature
from predictions.tests.admin_pages import list_of, log_entries, sign_in
from predictions.tests.factories import make_live, make_model, make_version

pytestmark = pytest.mark.django_db
FIELDS = {
    "name": "roses", "title": "Roses", "public": "on", "invalid_input_message": "Please check.",
    "log_rate": "100",
}  # fmt: skip


@pytest.fixture
def boss(client):
    return sign_in(client, "boss", is_superuser=True)


def change(row):
    return reverse(f"admin:predictions_{row._meta.model_name}_change", args=[row.pk])


def test_its_words_are_edited_and_its_name_is_not(client, boss):
    model = make_model()
    client.post(change(model), FIELDS | {"title": "Wine of the house", "name": "roses", "is_default": "on"})
    model.refresh_from_db()
    assert (model.name, model.title, model.is_default) == ("wine", "Wine of the house", True)
    assert len(log_entries()) == 1


def test_a_hold_cannot_be_typed_in(client, boss):
    model = make_model()
    client.post(change(model), FIELDS | {"held_by": "me", "held_reason": "r", "held_at": "2026-01-01"})
    model.refresh_from_db()
    assert not model.is_held


def test_a_second_default_model_is_refused_by_the_form(client, boss):
    make_model("wine", is_default=True)
    page = client.post(change(make_model("roses")), FIELDS | {"is_default": "on"})
    assert (page.status_code, RegisteredModel.objects.filter(is_default=True).count()) == (200, 1)
    assert b"errorlist" in page.content


def test_no_model_is_deleted(client, boss):
    model = make_model()
    delete = reverse("admin:predictions_registeredmodel_delete", args=[model.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    client.post(list_of(model), {"action": "delete_selected", "_selected_action": [model.pk], "post": "yes"})
    assert RegisteredModel.objects.count() == 1


def test_the_list_says_what_is_live_and_who_serves_it(client, boss, live):
    make_model("idle")
    page = client.get(list_of(live.registered_model)).content.decode()
    assert "1.0 (rf-12-base), by a test" in page
    assert "1 of 1 workers" in page
    assert "nothing is live" in page


def test_a_signature_is_edited_until_a_version_relies_on_it(client, boss):
    signature = make_model().signatures.get()
    data = {
        "registered_model": signature.registered_model_id, "number": 1, "task": "regression",
        "output_name": "price", "labels": "", "features-TOTAL_FORMS": 1, "features-INITIAL_FORMS": 0,
        "features-0-position": 0, "features-0-name": "age", "features-0-kind": "int",
        "features-0-required": "on", "features-0-example": "3", "features-0-categories": "",
    }  # fmt: skip
    assert client.post(change(signature), data).status_code == 302
    assert (Signature.objects.get().output_name, Feature.objects.get().name) == ("price", "age")
    make_live(make_version(signature.registered_model, "a"))
    assert client.post(change(signature), data | {"output_name": "weight"}).status_code == 403
    delete = reverse("admin:predictions_signature_delete", args=[signature.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    page = client.get(change(signature))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert Signature.objects.get().output_name == "price"
    assert len(log_entries()) == 1


@pytest.mark.parametrize(
    "bounds", [{"minimum": 2, "maximum": 1}, {"minimum": 1, "exclusive_minimum": 1}], ids=["order", "two"]
)
def test_bounds_that_contradict_are_refused_by_the_form(client, boss, bounds):
    signature = make_model().signatures.get()
    data = {
        "registered_model": signature.registered_model_id, "number": 1, "task": "regression",
        "output_name": "price", "labels": "", "features-TOTAL_FORMS": 1, "features-INITIAL_FORMS": 0,
        "features-0-position": 0, "features-0-name": "age", "features-0-kind": "int",
        "features-0-example": "3", "features-0-categories": "",
    } | {f"features-0-{name}": value for name, value in bounds.items()}  # fmt: skip
    assert client.post(change(signature), data).status_code == 200
    assert not Feature.objects.exists()
