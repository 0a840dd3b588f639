"""Lists: newest first, a page at a time, the same cost whatever their length."""

import base64

import pytest

from predictions.tests.factories import make_live, make_model, make_version

pytestmark = pytest.mark.django_db
LISTS = ["/api/models", "/api/models/wine/versions", "/api/promotions"]


@pytest.fixture
def wine():
    """A model whose three versions went live one after the other."""
    model = make_model()
    for name in "abc":
        make_live(make_version(model, name))
    return model


def test_the_ledger_is_listed_newest_first_with_who_and_why(client, wine):
    promotions = client.get("/api/promotions").json()["results"]
    assert [(p["sequence"], p["version"], p["replaced_version"]) for p in promotions] == [
        (3, "1.2", "1.1"), (2, "1.1", "1.0"), (1, "1.0", None)
    ]  # fmt: skip
    first = promotions[-1]
    assert first.pop("at").startswith("20")
    assert first == {
        "model": "wine",
        "sequence": 1,
        "kind": "promote",
        "version": "1.0",
        "replaced_version": None,
        "restores": None,
        "by": "a test",
        "reason": "because",
        "watch": None,
    }


def test_a_page_names_the_next_and_the_pages_together_are_the_list(client, wine):
    for i in range(60):
        make_version(wine, f"v{i}")
    page = client.get("/api/models/wine/versions").json()
    assert len(page["results"]) == 50
    assert page["previous"] is None
    rest = client.get(page["next"]).json()
    assert rest["next"] is None
    labels = [version["version"] for version in page["results"] + rest["results"]]
    assert labels == [f"1.{number}" for number in reversed(range(63))]
    assert client.get(rest["previous"]).json()["results"] == page["results"]


def cursor(text):
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "value", ["", "rubbish", cursor("o=-1"), cursor("p=1&o=x"), cursor("p=" + "9" * 40), "%00"]
)
def test_a_bad_cursor_makes_no_server_error(client, wine, path, value):
    assert client.get(f"{path}?cursor={value}").status_code in (200, 400, 404)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("position", ["abc", "1.5", "%00", "-"])
def test_a_cursor_whose_position_is_no_number_is_404(client, wine, path, position):
    client.raise_request_exception = False
    assert client.get(f"{path}?cursor={cursor(f'p={position}')}").status_code == 404


def test_a_cursor_of_thousands_of_digits_is_404(client, wine):
    client.raise_request_exception = False
    assert client.get(f"/api/promotions?cursor={cursor('p=' + '9' * 5000)}").status_code == 404


@pytest.mark.parametrize("path", LISTS)
def test_parameters_that_nobody_knows_are_refused_by_name(client, wine, path):
    reply = client.get(f"{path}?format=xml&page=7&limit=1")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_input")
    assert [error["field"] for error in reply.json()["errors"]] == ["format", "page", "limit"]


@pytest.mark.parametrize(
    ("query", "found"),
    [("model=wine", ["c", "b", "a"]), ("model=beer", ["d"]), ("kind=promote", ["d", "c", "b", "a"]),
     ("kind=roll_back", []), ("model=wine&kind=roll_back", [])],
)  # fmt: skip
def test_the_ledger_can_be_narrowed(client, wine, query, found):
    promotion = make_live(make_version(make_model("beer"), "d"))
    names = {f"{p.registered_model.name} {p.sequence}": p.version.name for p in type(promotion).objects.all()}
    rows = client.get(f"/api/promotions?{query}").json()["results"]
    assert [names[f"{row['model']} {row['sequence']}"] for row in rows] == found


@pytest.mark.parametrize(
    ("query", "field", "named"),
    [
        ("kind=dance", "kind", "promote, roll_back"),
        ("kind=", "kind", "promote, roll_back"),
        ("model=rum", "model", "rum"),
        ("model=%00", "model", "\0"),
        ("model=secret", "model", "secret"),
        ("model=wine&model=beer", "model", ""),
        ("sort=1", "sort", "model, kind"),
    ],
)
def test_a_filter_that_means_nothing_is_refused_by_name(client, wine, query, field, named):
    make_model("secret", public=False)
    reply = client.get(f"/api/promotions?{query}")
    assert reply.status_code == 400
    error = reply.json()["errors"][0]
    assert error["field"] == field
    assert named in error["message"]


def test_pages_of_a_narrowed_list_stay_narrowed(client, wine):
    for i in range(60):
        make_live(make_version(wine, f"v{i}"))
    make_live(make_version(make_model("beer"), "b"))
    page = client.get("/api/promotions?model=wine").json()
    rest = client.get(page["next"]).json()
    assert {row["model"] for row in page["results"] + rest["results"]} == {"wine"}
    assert len(page["results"] + rest["results"]) == 63


def queries_of(client, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(100) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


@pytest.mark.parametrize("path", LISTS)
def test_a_longer_list_asks_the_database_no_more_often(client, wine, path, django_assert_max_num_queries):
    before = queries_of(client, path, django_assert_max_num_queries)
    for name in ("roses", "tulips"):
        make_live(make_version(make_model(name), name))
    for i in range(5):
        make_live(make_version(wine, f"v{i}"))
    assert queries_of(client, path, django_assert_max_num_queries) == before
