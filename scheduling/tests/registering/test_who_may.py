"""Who may register, upload and add data: each URL, by who asks and with which permission."""

import pytest

from predictions.models import RegisteredModel
from predictions.tests.factories import make_model
from scheduling.models import Run
from scheduling.tests.registering.sent import as_csv, make_form, make_person, make_rows, post

pytestmark = pytest.mark.django_db
ROWS = as_csv(make_rows())
ZIP = b"PK\x03\x04"
URLS = {
    "register": ("/api/models", lambda: make_form(name="wine")),
    "upload": ("/api/models/wine/versions", lambda: {"file": ZIP}),
    "data": ("/api/models/wine/datasets", lambda: {"file": ROWS, "role": "training"}),
}
OTHERS = {"register": ("upload", "data"), "upload": ("register", "data"), "data": ("register", "upload")}


@pytest.fixture
def wine():
    return make_model(public=False)


@pytest.fixture
def beer():
    return make_model("beer", public=False)


def sent(client, what, headers=None):
    path, form = URLS[what]
    return post(client, path, form(), headers=headers)


@pytest.mark.parametrize("what", URLS)
def test_only_those_with_the_permission_may(client, wine, beer, what):
    if what == "register":
        wine.signatures.all().delete()  # a model that is empty yet
    assert sent(client, what).status_code == 401
    assert sent(client, what, make_person("bob")).status_code == 403
    assert sent(client, what, make_person("eve", *OTHERS[what])).status_code == 403
    assert sent(client, what, make_person("dan", what, model=beer)).status_code == 403
    assert not Run.objects.exists()
    assert sent(client, what, make_person("ann", what, model=wine)).status_code == 202
    Run.objects.all().delete()
    assert sent(client, what, make_person("amy", what)).status_code == 202


def test_who_makes_a_model_may_bring_more_to_it_and_to_no_other(client, wine):
    ann = make_person("ann", "register")
    post(client, "/api/models", make_form(name="mine"), headers=ann)
    model = RegisteredModel.objects.get(name="mine")
    model.signatures.create(number=1, task="regression", output_name="y")
    assert post(client, "/api/models/mine/versions", {"file": ZIP}, headers=ann).status_code == 202
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
    ann = make_person("ann", "upload", "data")
    for what in ("upload", "data"):
        assert (sent(client, what, ann).status_code, Run.objects.count()) == (409, 0)
