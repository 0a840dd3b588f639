"""Staff see and act only where their roles let them: here an operator of wine, who reads about beer."""

import pytest
from django.urls import reverse

from predictions.models import Promotion
from predictions.models.people.roles import give
from predictions.tests.admin_pages import act, list_of
from predictions.tests.factories import make_live, make_model, make_version
from scheduling.models import CheckLimit, Run, Slice
from scheduling.tests.admin.people import sign_in_with
from scheduling.tests.run_factory import make_run, make_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def wine():
    return make_model("wine", public=False)


@pytest.fixture
def beer():
    return make_model("beer", public=False)


@pytest.fixture
def ann(client, wine, beer):
    person = sign_in_with(client)
    give(person, {"operator"}, wine)
    give(person, {"reader"}, beer)
    return person


def test_an_action_is_done_with_rows_of_ones_own_models_only(client, ann, wine, beer):
    for model, status, promotions in ((wine, 302, 2), (beer, 403, 1)):
        make_live(make_version(model, "a"))
        reply = act(client, make_version(model, "b"), "promote", confirmed="yes", reason="Better.")
        assert reply.status_code == status
        assert Promotion.objects.filter(registered_model=model).count() == promotions


def test_a_row_of_a_model_without_a_role_is_not_found(client, ann):
    hidden = make_run(make_model("kvass", public=False))
    assert b"kvass" not in client.get(list_of(hidden)).content
    act(client, hidden, "cancel", confirmed="yes")
    assert client.get(reverse("admin:scheduling_run_change", args=[hidden.pk])).status_code == 302
    assert Run.objects.get().status == "queued"


def test_a_list_changes_no_row_that_its_reader_may_not(client, ann, beer):
    schedule = make_schedule(beer)
    form = {
        "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": schedule.pk, "_save": "Save",
    }  # fmt: skip
    assert client.post(list_of(schedule), form).status_code == 403
    schedule.refresh_from_db()
    assert schedule.enabled


def test_a_row_is_neither_added_to_nor_moved_to_another_model(client, ann, wine, beer):
    add = reverse("admin:scheduling_slice_add")
    page = client.get(add).content.decode()
    assert (">wine<" in page, ">beer<" in page) == (True, False)
    asked = {"name": "far", "condition": "x > 1", "registered_model": beer.pk}
    assert client.post(add, asked).status_code == 200
    mine = Slice.objects.create(registered_model=wine, name="far", condition="x > 3")
    client.post(reverse("admin:scheduling_slice_change", args=[mine.pk]), asked)
    assert Slice.objects.get().registered_model == wine


def test_limits_are_not_set_for_another_model(client, ann, wine, beer):
    for model, status in ((wine, 302), (beer, 403)):
        path = f"{reverse('admin:scheduling_checklimit_add')}?registered_model={model.pk}&check_id=latency"
        assert client.post(path, {"enabled": "on"}).status_code == status
    assert CheckLimit.objects.get().registered_model == wine
