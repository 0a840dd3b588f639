"""`/api/models` and the versions under it: the registry for readers."""

from itertools import product

import pytest

from predictions.tests.factories import make_live, make_model, make_person, make_version, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def wine():
    """A public model with two versions, the first live, and a model of which nobody may know."""
    model = make_model()
    first = make_version(model, "a")
    make_version(model, "b")
    make_live(first)
    make_live(make_version(make_model("secret", public=False), "s"))
    return model


def results(client, path, **extra):
    reply = client.get(path, **extra)
    assert reply.status_code == 200
    assert reply["Content-Type"] == "application/json"
    return reply.json()["results"]


def test_it_lists_the_models_with_what_is_live(client, wine):
    [listed] = results(client, "/api/models")
    assert listed.pop("created_at").startswith("20")
    assert listed == {
        "name": "wine",
        "title": "Wine",
        "is_default": False,
        "public": True,
        "live_version": "1.0",
        "served_by": {"workers": 0, "of": 0, "since": None, "problems": []},
        "hold": None,
    }
    assert client.get("/api/models/wine").json() == results(client, "/api/models")[0]


def test_it_tells_who_holds_a_model_and_why(client, wine):
    wine.hold(by="ann", reason="complaints")
    hold = client.get("/api/models/wine").json()["hold"]
    assert (hold["by"], hold["reason"]) == ("ann", "complaints")
    assert hold["at"].startswith("20")


def test_a_model_without_a_live_version_says_null(client, wine):
    make_model("idle")
    assert client.get("/api/models/idle").json()["live_version"] is None


def test_it_lists_the_versions_newest_first_and_marks_the_live_one(client, wine):
    versions = results(client, "/api/models/wine/versions")
    assert [(v["version"], v["name"], v["is_live"]) for v in versions] == [
        ("1.1", "b", False),
        ("1.0", "a", True),
    ]


def test_it_shows_where_a_version_came_from(client, wine):
    version = client.get("/api/models/wine/versions/1.0").json()
    assert version == results(client, "/api/models/wine/versions")[1]
    assert (version["model"], version["filename"], version["created_by"]) == ("wine", "a.joblib", "a test")
    assert version["parity"] == {"equal": True}
    assert len(version["artefact_sha256"]) == len(version["served_form_sha256"]) == 64


def test_no_path_of_a_file_is_told(client, wine):
    assert b"models/" not in client.get("/api/models/wine/versions/1.0").content


@pytest.mark.parametrize("path", ["/api/models", "/api/models/wine", "/api/models/wine/versions",
                                  "/api/models/wine/versions/1.1", "/api/promotions"])  # fmt: skip
def test_a_slash_at_the_end_gives_the_same_answer(client, wine, path):
    bare, slashed = client.get(path), client.get(f"{path}/")
    assert bare.status_code == slashed.status_code == 200
    assert bare.json() == slashed.json()


@pytest.mark.parametrize(
    "path",
    ["models/none", "models/none/versions", "models/none/versions/1.0", "models/wine/versions/9.9",
     "models/wine/versions/1", "models/wine/versions/x", "models/WINE", "models/wine/nothing",
     "models/" + "x" * 3000, "models/%F0%9F%8D%B7", "models/wine/versions/1.%D9%A0", "nothing"],
)  # fmt: skip
def test_what_is_not_there_is_404_in_json(client, wine, path):
    for form in (f"/api/{path}", f"/api/{path}/"):
        reply = client.get(form)
        assert reply.status_code == 404
        assert reply["Content-Type"] == "application/json"
        assert reply.json().keys() == {"code", "detail", "errors"}
        assert reply.json()["code"] == "not_found"


@pytest.mark.parametrize(
    "path", ["/api/models/%00", "/api/models/%00/versions", "/api/models/wine/versions/%00"]
)
def test_a_null_character_in_a_path_is_404(client, wine, path):
    """PostgreSQL takes none in a query."""
    client.raise_request_exception = False
    assert client.get(path).status_code == 404


SECRETS = ["/api/models/secret", "/api/models/secret/versions", "/api/models/secret/versions/1.0"]


def test_a_model_that_is_not_public_is_not_there_without_a_token(client, wine):
    for path in SECRETS:
        assert client.get(path).status_code == 404
    assert [m["name"] for m in results(client, "/api/models")] == ["wine"]
    assert {p["model"] for p in results(client, "/api/promotions")} == {"wine"}


def test_only_a_token_for_it_sees_it(client, wine):
    other = token_of(make_person("bob"))
    assert [client.get(path, headers=other).status_code for path in SECRETS] == [404, 404, 404]
    headers = token_of(make_person("ann", "view_registeredmodel"))
    for path in SECRETS:
        assert client.get(path, headers=headers).status_code == 200
    assert [m["name"] for m in results(client, "/api/models", headers=headers)] == ["secret", "wine"]
    assert {p["model"] for p in results(client, "/api/promotions", headers=headers)} == {"wine", "secret"}


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/api/models", "put"),  # POST registers a model: scheduling/tests/registering
        ("/api/models", "patch"),
        ("/api/models", "delete"),
        *product(["/api/models/wine", "/api/models/wine/versions/1.0"], ["post", "put", "patch", "delete"]),
    ],
)
def test_nothing_that_is_there_is_changed_over_http(client, wine, method, path):
    headers = token_of(make_person(is_superuser=True))
    reply = getattr(client, method)(path, b"{}", content_type="application/json", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
