"""Slices are people's: added in the admin, and refused by field where nothing could be asked."""

import pytest
from django.urls import reverse

from scheduling.models import Slice
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.admin.rules.test_policy import problems


def add(client, iris, **columns):
    data = {"registered_model": iris.pk, "name": "long petals", "condition": "petallength > 5"}
    return client.post(reverse("admin:scheduling_slice_add"), data | columns)


def test_a_slice_can_be_added_and_listed(client, iris):
    sign_in_superuser(client)
    assert add(client, iris).status_code == 302
    assert str(Slice.objects.get()) == "long petals (petallength > 5)"
    assert "petallength &gt; 5" in client.get(reverse("admin:scheduling_slice_changelist")).content.decode()


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"condition": "petalsize > 5"}, ": sepallength,"),
        ({"condition": "petallength > long"}, "petallength: Input should be a valid number, not long"),
        ({"condition": "petallength > -1"}, "petallength: Input should be greater than 0, not -1"),
        ({"condition": ""}, "This field is required"),
        ({"condition": "petallength > 5" + " and petallength > 5" * 30}, "at most 500 characters"),
        ({"name": ""}, "This field is required"),
        ({"registered_model": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field(client, iris, columns, said):
    sign_in_superuser(client)
    assert said in problems(add(client, iris, **columns))
    assert not Slice.objects.exists()


def test_a_name_is_there_once_in_a_model(client, iris):
    sign_in_superuser(client)
    add(client, iris)
    assert "already exists" in problems(add(client, iris))


def test_a_model_without_a_signature_has_no_slices(client, iris):
    sign_in_superuser(client)
    other = type(iris).objects.create(name="wine", title="Wine")
    assert "not known yet" in problems(add(client, other))


def test_without_permission_nobody_adds_one(client, iris):
    sign_in_with(client, "view_registeredmodel")
    assert add(client, iris).status_code == 403


def test_a_change_is_in_the_history_with_who_old_and_new(client, iris):
    sign_in_superuser(client)
    add(client, iris)
    row = Slice.objects.get()
    path = reverse("admin:scheduling_slice_change", args=[row.pk])
    data = {"registered_model": iris.pk, "name": row.name, "condition": "petallength > 6"}
    assert client.post(path, data).status_code == 302
    record = row.history.first()
    assert (record.history_by, record.prev_record.condition) == ("boss", "petallength > 5")
    page = client.get(reverse("admin:scheduling_slice_history", args=[row.pk])).content.decode()
    assert "petallength &gt; 5" in page
    assert "petallength &gt; 6" in page
