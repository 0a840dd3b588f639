"""Who may register, upload and add data: each URL, by who asks and with which permission."""

import pytest
from django.contrib.auth.models import User

from predictions.models import RegisteredModel
from predictions.models.people.roles import give
from predictions.tests.factories import make_model
from scheduling.models import Run
from scheduling.registering import asking
from scheduling.tests.registering.sent import as_csv, make_form, make_person, make_rows, post

pytestmark = pytest.mark.django_db
ROWS = as_csv(make_rows())
ZIP = b"PK\x03\x04"
URLS = {
    "register": ("/api/models", lambda: make_form(name="wine")),
    "upload": ("/api/models/wine/versions", lambda: {"file": ZIP}),
    "data": ("/api/models/wine/datasets", lambda: {"file": ROWS, "role": "training"}),
}
OTHERS = {"upload": ("register", "data"), "data": ("register", "upload")}


@pytest.fixture
def wine():
    return make_model(public=False)


@pytest.fixture
def beer():
    return make_model("beer", public=False)


def sent(client, what, headers=None):
    path, form = URLS[what]
    return post(client, path, form(), headers=headers)


@pytest.mark.parametrize("what", OTHERS)
def test_only_those_with_the_permission_may(client, wine, beer, what):
    others = OTHERS[what]
    assert sent(client, what).status_code == 401
    assert sent(client, what, make_person("bob", what, model=beer)).status_code == 404
    assert sent(client, what, make_person("cat", what)).status_code == 404  # and may not read it
    assert sent(client, what, make_person("eve", "read", *others)).status_code == 403
    dan = make_person("dan", "read", *others, model=wine)
    assert sent(client, what, dan).status_code == 403
    assert not Run.objects.exists()
    assert sent(client, what, make_person("ann", "read", what, model=wine)).status_code == 202
    Run.objects.all().delete()
    assert sent(client, what, make_person("amy", "read", what)).status_code == 202


def test_only_those_with_the_permission_may_register(client):
    assert sent(client, "register").status_code == 401
    assert sent(client, "register", make_person("bob")).status_code == 403
    assert sent(client, "register", make_person("eve", "read", "upload", "data")).status_code == 403
    assert not RegisteredModel.objects.exists()
    assert sent(client, "register", make_person("ann", "register")).status_code == 202


def test_one_that_is_empty_yet_is_filled_by_those_who_may_upload_to_it(client, wine, beer):
    wine.signatures.all().delete()
    assert sent(client, "register", make_person("bob", "register", "read", "data")).status_code == 409
    dan = make_person("dan", "register")
    give(User.objects.get(username="dan"), {"operator"}, beer)
    assert sent(client, "register", dan).status_code == 409
    assert not Run.objects.exists()
    ann = make_person("ann", "register")
    give(User.objects.get(username="ann"), {"operator"}, wine)
    assert sent(client, "register", ann).status_code == 202
    Run.objects.all().delete()
    assert sent(client, "register", make_person("amy", "register", "upload")).status_code == 202


def test_who_was_second_needs_the_permission_for_the_model_of_the_first(client, monkeypatch, db):
    """Between the look for the name and the insertion, another request made the model."""
    eve = make_person("eve", "register")
    monkeypatch.setattr(asking, "_made", lambda *args: make_model(public=False) and False)
    assert sent(client, "register", eve).status_code == 409
    assert not Run.objects.exists()


@pytest.mark.parametrize("public", [True, False])
def test_a_name_that_is_taken_tells_nothing_of_its_model(client, public):
    make_model("wine", public=public)
    make_model("beer", public=public).signatures.all().delete()
    ann = make_person("ann", "register")
    told = [post(client, "/api/models", make_form(name=name), headers=ann) for name in ("wine", "beer")]
    assert [reply.status_code for reply in told] == [409, 409]
    assert told[0].json() == told[1].json()
    assert told[0].json()["code"] == "name_taken"
    assert "wine" not in told[0].content.decode()


def test_who_makes_a_model_may_bring_more_to_it_and_to_no_other(client, wine):
    ann = make_person("ann", "register")
    post(client, "/api/models", make_form(name="mine"), headers=ann)
    model = RegisteredModel.objects.get(name="mine")
    model.signatures.create(number=1, task="regression", output_name="y")
    assert post(client, "/api/models/mine/versions", {"file": ZIP}, headers=ann).status_code == 202
    assert post(client, "/api/models/wine/versions", {"file": ZIP}, headers=ann).status_code == 404
    wine.public = True
    wine.save()
    assert post(client, "/api/models/wine/versions", {"file": ZIP}, headers=ann).status_code == 403


def test_a_permission_for_one_model_makes_no_other(client, wine):
    dan = make_person("dan", "register", model=wine)
    assert post(client, "/api/models", make_form(name="new"), headers=dan).status_code == 403
    assert not RegisteredModel.objects.filter(name="new").exists()


@pytest.mark.parametrize("path", ["datasets", "datasets/1", "versions", "versions/1.0/manifest"])
def test_a_private_model_is_read_with_a_token_only(client, wine, path):
    assert client.get(f"/api/models/wine/{path}").status_code == 404


def test_a_model_without_a_signature_takes_no_data_and_no_versions(client, wine):
    wine.signatures.all().delete()
    ann = make_person("ann", "read", "upload", "data")
    for what in ("upload", "data"):
        assert (sent(client, what, ann).status_code, Run.objects.count()) == (409, 0)
