"""`/api/predictions`: who may read it, its filters and its pages."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from predictions.models import Feedback, Prediction
from predictions.models.prediction import first_id_at
from predictions.tests.factories import make_model, make_person, make_version, token_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def log(version, count=1, *, after=0, who=""):
    """Predictions of this version, each with a greater id than the one before."""
    return Prediction.objects.bulk_create(
        Prediction(
            id=UUID(int=first_id_at(AT).int + (7 << 76) + after + i), model_version=version, who=who,
            registered_model=version.registered_model, inputs={"alcohol": 12.5}, output=1,
            probabilities=[0.2, 0.8], latency_us=431,
        )
        for i in range(count)
    )  # fmt: skip


def test_a_row_tells_its_true_label_who_told_it_and_when(
    client, version, reader, django_assert_max_num_queries
):
    rows = log(version, 9)
    for row in rows:
        Feedback.objects.create(prediction=row, label=0, who="labeller", at=AT)
    told = {"label": 0, "who": "labeller", "at": "2026-03-01T12:00:00.250000Z"}
    assert get(client, f"/api/predictions/{rows[0].pk}", reader).json()["feedback"] == told
    with django_assert_max_num_queries(8):
        shown = get(client, "/api/predictions", reader).json()["results"]
    assert [row["feedback"] for row in shown] == [told] * 9


@pytest.fixture
def version():
    return make_version(make_model(), "a")


@pytest.fixture
def reader():
    return token_of(make_person("ann", "view_prediction"))


def get(client, path, headers):
    return client.get(path, headers=headers)


@pytest.mark.parametrize(
    "path", ["/api/predictions", "/api/predictions/019cc1b2-0000-7000-8000-000000000000"]
)
def test_it_needs_a_token_and_the_permission(client, version, path):
    assert client.get(path).status_code == 401
    assert get(client, path, token_of(make_person("bob"))).status_code == 403


def test_a_row_says_all(client, version, reader):
    [row] = log(version, who="bob")
    expected = {
        "id": str(row.pk), "at": "2026-03-01T12:00:00.250000Z", "model": "wine", "version": "1.0",
        "inputs": {"alcohol": 12.5}, "output": 1, "probabilities": [0.2, 0.8], "latency_us": 431,
        "who": "bob", "feedback": None,
    }  # fmt: skip
    assert get(client, "/api/predictions", reader).json()["results"] == [expected]
    assert get(client, f"/api/predictions/{row.pk}", reader).json() == expected


def test_pages_follow_each_other_newest_first(client, version, reader, django_assert_max_num_queries):
    rows = log(version, 120)
    found, url = [], "/api/predictions?model=wine"
    while url:
        with django_assert_max_num_queries(6) as asked:
            page = get(client, url, reader).json()
        assert not any("COUNT" in query["sql"] for query in asked.captured_queries)
        found += [row["id"] for row in page["results"]]
        url = page["next"]
    assert found == [str(row.pk) for row in reversed(rows)]


def test_filters_narrow_it(client, version, reader):
    other = make_version(make_model("beer"), "b")
    second = make_version(version.registered_model, "c")
    log(version, 2)
    log(other, 3, after=10)
    log(second, 4, after=20)
    for query, expected in [("", 9), ("?model=wine", 6), ("?model=beer", 3), ("?model=wine&version=1.1", 4)]:
        assert len(get(client, f"/api/predictions{query}", reader).json()["results"]) == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [("who=ann", "who"), ("version=1.0", "version"), ("model=rum", "model"),
     ("model=wine&version=9.9", "version"), ("model=wine&version=x", "version"),
     ("model=wine&version=%00", "version"), ("model=%00", "model"), ("model=rum&version=1.0", "model")],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_named(client, version, reader, query, field):
    reply = get(client, f"/api/predictions?{query}", reader)
    assert (reply.status_code, [e["field"] for e in reply.json()["errors"]]) == (400, [field])


@pytest.mark.parametrize("cursor", ["rubbish", "cD01", "cD1ub25zZW5zZQ==", "cD0lMDA="])
def test_a_cursor_that_nobody_handed_out_is_404(client, version, reader, cursor):
    assert get(client, f"/api/predictions?cursor={cursor}", reader).status_code == 404


@pytest.mark.parametrize("path", ["rubbish", "019cc1b2-0000-7000-8000-000000000000", "1"])
def test_an_unknown_id_is_404(client, version, reader, path):
    assert get(client, f"/api/predictions/{path}", reader).status_code == 404
