"""The log in the admin: filters, pages without counting, and nothing to edit."""

import pytest
from django.urls import reverse

from predictions.models import Prediction
from predictions.tests.admin_pages import sign_in
from predictions.tests.api.test_api_predictions import log
from predictions.tests.factories import make_model, make_version

pytestmark = pytest.mark.django_db
LIST = "/admin/predictions/prediction/"


@pytest.fixture
def version():
    return make_version(make_model(), "a")


@pytest.fixture
def reader(client):
    return sign_in(client, "ann", "view_prediction", "view_registeredmodel", "view_registeredmodel")


def shown(reply):
    assert reply.status_code == 200
    return [row.pk for row in reply.context["rows"]]


def test_it_needs_the_permission(client, version):
    assert client.get(LIST).status_code == 302
    sign_in(client, "bob")
    assert client.get(LIST).status_code == 403


def test_it_pages_by_id_and_never_counts(client, reader, version, django_assert_max_num_queries):
    rows = log(version, 250)
    found, query = [], "?model=wine"
    while query:
        with django_assert_max_num_queries(8) as asked:
            reply = client.get(LIST + query)
        assert not any("COUNT" in q["sql"] for q in asked.captured_queries)
        found += shown(reply)
        query = reply.context["older"]
    assert found == [row.pk for row in reversed(rows)]
    assert reply.context["newest"] == "?model=wine"


def test_filters_narrow_it(client, reader, version):
    second = make_version(version.registered_model, "c")
    early, late = log(version, 2), log(second, 3, after=1 << 80, who="bob")  # a millisecond later
    log(make_version(make_model("beer"), "b"), 4, after=2 << 80)
    everything = 9
    for query, expected in [
        ("", everything), ("?model=wine", 5), ("?model=wine&version=1.1", 3), ("?model=wine&who=bob", 3),
        ("?model=wine&who=eve", 0),
        ("?before=2026-03-01T12:00:00.251", len(early)), ("?since=2026-03-01T12:00:00.251", everything - 2),
        ("?since=2026-03-01T12:00:00.251&before=2026-03-01T12:00:00.252", len(late)),
        ("?since=2026-03-02", 0), ("?model=wine&version=1.1&who=bob", 3),
        ("?model=wine&version=1.0&who=bob", 0), ("?model=beer&version=1.0&who=bob", 0),
    ]:  # fmt: skip
        assert len(shown(client.get(LIST + query))) == expected, query


@pytest.mark.parametrize(
    ("query", "field"),
    [("model=rum", "model"), ("version=1.0", "version"), ("who=ann", "who"),
     ("model=wine&version=7.7", "version"),
     ("since=yesterday", "since"), ("below=x", "below"), ("who=" + "x" * 200, "who")],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_said_and_shows_nothing(client, reader, version, query, field):
    log(version)
    reply = client.get(f"{LIST}?{query}")
    assert shown(reply) == []
    assert list(reply.context["form"].errors) == [field]


def test_a_zero_character_is_refused(client, reader, version):
    assert client.get(f"{LIST}?model=%00").status_code == 400


def test_one_row_can_be_read_and_nothing_else(client, reader, version):
    [row] = log(version, who="<b>")
    page = client.get(reverse("admin:predictions_prediction_change", args=[row.pk]))
    assert page.status_code == 200
    text = page.content.decode()
    for part in ("alcohol", "12.5", "wine 1.0", "431", "2026-03-01 12:00:00", "&lt;b&gt;"):
        assert part in text
    assert 'name="_save"' not in text
    sign_in(client, "boss", is_superuser=True)
    for name, args in (("add", []), ("delete", [row.pk])):
        assert client.post(reverse(f"admin:predictions_prediction_{name}", args=args)).status_code == 403
    assert client.post(LIST, {"action": "delete_selected", "_selected_action": [row.pk]}).status_code == 200
    assert Prediction.objects.count() == 1


@pytest.mark.parametrize("kind", ["registeredmodel", "modelversion"])
def test_models_and_versions_lead_to_their_part(client, reader, version, kind):
    row = version if kind == "modelversion" else version.registered_model
    page = client.get(reverse(f"admin:predictions_{kind}_change", args=[row.pk])).content.decode()
    query = "?model=wine&amp;version=1.0" if kind == "modelversion" else "?model=wine"
    assert f'href="{LIST}{query}"' in page
