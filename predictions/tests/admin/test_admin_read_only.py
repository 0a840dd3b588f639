"""Evidence in the admin can be read, and nothing else, even by a superuser."""

import pytest
from django.urls import NoReverseMatch, reverse

from predictions.models import Dataset, ModelVersion, Promotion, Worker
from predictions.tests.admin_pages import list_of, log_entries, sign_in
from predictions.tests.factories import ledger

pytestmark = pytest.mark.django_db
KINDS = [Dataset, ModelVersion, Promotion, Worker]


@pytest.fixture
def superuser(client, live):
    return sign_in(client, "boss", is_superuser=True)


def page_of(row, name):
    return reverse(f"admin:predictions_{row._meta.model_name}_{name}", args=[row.pk])


@pytest.mark.parametrize("kind", KINDS)
def test_each_can_be_read(client, superuser, kind):
    row = kind.objects.first()
    assert client.get(list_of(row)).status_code == 200
    page = client.get(page_of(row, "change"))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert client.get(page_of(row, "history")).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_none_is_added_changed_or_deleted(client, superuser, kind):
    row = kind.objects.first()
    before = list(kind.objects.values())
    try:
        add = reverse(f"admin:predictions_{row._meta.model_name}_add")
        status = 302 if kind is Dataset else 403  # a dataset is added on its model's page
        assert client.get(add).status_code == client.post(add, {"name": "x"}).status_code == status
    except NoReverseMatch:
        pass
    data = {field.name: "x" for field in row._meta.fields}
    assert client.post(page_of(row, "change"), data).status_code == 403
    delete = page_of(row, "delete")
    assert client.get(delete).status_code == client.post(delete, {"post": "yes"}).status_code == 403
    assert list(kind.objects.values()) == before
    assert log_entries() == []


@pytest.mark.parametrize("kind", KINDS)
def test_none_is_deleted_by_djangos_own_action(client, superuser, kind):
    row = kind.objects.first()
    before = kind.objects.count()
    data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(list_of(row), data)
    assert kind.objects.count() == before
    assert b"delete_selected" not in client.get(list_of(row)).content


def test_nothing_is_written_by_the_search_and_the_filters(client, superuser):
    for query in (
        "?q=test",
        "?kind__exact=promote",
        "?registered_model__id__exact=1",
        "?o=1.-2",
        "?p=0",
        "?all=",
    ):
        assert client.get(list_of(Promotion.objects.get()) + query).status_code in (200, 302)
    assert len(ledger()) == 1


def test_the_live_version_is_marked(client, superuser, strong):
    rows = client.get(list_of(strong)).content.decode().split("<tr>")
    marked = {name: "● live" in row for row in rows for name in ("rf-12-base", "rf-24-run1") if name in row}
    assert marked == {"rf-12-base": True, "rf-24-run1": False}


def test_a_versions_page_shows_its_lineage_and_its_proof(client, superuser, live):
    page = client.get(page_of(live, "change")).content.decode()
    for shown in (
        "rf-12-base.joblib",
        live.artefact_sha256,
        "max_difference",
        "scikit-learn",
        "n_estimators",
    ):
        assert shown in page


def test_the_ledger_shows_who_and_why(client, superuser):
    page = client.get(list_of(Promotion.objects.get())).content.decode()
    for shown in ("a test", "first", "1.0"):
        assert shown in page


def test_the_list_of_versions_costs_the_same_whatever_its_length(
    client, superuser, live, strong, django_assert_max_num_queries
):
    def queries():
        with django_assert_max_num_queries(60) as asked:
            client.get(list_of(live))
        return len(asked)

    queries()  # the first of a process asks for more, and keeps it
    before = queries()
    from predictions.tests.factories import make_version

    for name in "abc":
        make_version(live.registered_model, name)
    assert queries() == before


def test_without_the_permission_to_view_nothing_is_shown(client, live):
    sign_in(client, "eve")
    for kind in KINDS:
        assert client.get(list_of(kind.objects.first())).status_code == 403


def test_who_is_not_of_the_staff_is_asked_to_sign_in(client, live):
    person = sign_in(client, "eve")
    person.is_staff = False
    person.save()
    assert client.get(list_of(live)).status_code == 302
