"""The application of a rehearsal's server: the web tier's own, with the version that each request names."""

import json

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from mlsite.tests.web_tier.web_process import call
from predictions.conf import config
from predictions.models import Worker
from predictions.registry import loading
from predictions.serving import serving, web_worker
from predictions.tests.factories import make_version
from scheduling.rehearsal import application
from scheduling.rehearsal.environment import HOST, VERSIONS

ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _connection_stays_open():
    """A request's end would close the one connection that has the test's transaction."""
    for ends in (request_started, request_finished):
        ends.disconnect(close_old_connections)
    yield
    for ends in (request_started, request_finished):
        ends.connect(close_old_connections)


@pytest.fixture
def rehearsal(monkeypatch, settings, live, strong):
    """The application for `live` and `strong`, as its server makes it, but without its thread."""
    monkeypatch.setenv(VERSIONS, f"{live.pk},{strong.pk}")
    return begun(monkeypatch, settings)


def begun(monkeypatch, settings):
    settings.ALLOWED_HOSTS = settings.ALLOWED_HOSTS  # what `made` changes is put back after the test
    monkeypatch.setattr(config, "MAX_ROWS", config.MAX_ROWS)
    monkeypatch.setattr(config, "MAX_BATCH_BYTES", config.MAX_BATCH_BYTES)
    monkeypatch.setattr(web_worker, "begin", lambda follower: None)
    monkeypatch.setattr(web_worker, "start", lambda **_: True)
    made = application.made()
    serving.swap(serving.Snapshot())
    Worker.objects.all().delete()
    return made


def ask(rehearsal, version=None, path="/predict", method="POST", **environ):
    headers = {"HTTP_X_REHEARSAL_VERSION": str(version.pk)} if version else {}
    body = json.dumps(ROW).encode() if method == "POST" else b""
    asked = {"CONTENT_LENGTH": str(len(body)), "HTTP_HOST": HOST} | headers | environ
    return call(rehearsal, method, path, body, **asked)


def test_each_request_is_answered_by_the_version_that_it_names(rehearsal, live, strong):
    for version in (strong, live, strong, strong, live):
        reply = ask(rehearsal, version)
        assert (reply["status"], reply["headers"]["X-Model-Version"]) == (200, version.label)
        assert json.loads(reply["body"])["model"] == version.name
        assert serving.current().default.log_rate == 0  # nobody's questions but the checks'
    assert not Worker.objects.exists()


def test_a_version_is_loaded_once(rehearsal, strong, django_assert_num_queries):
    ask(rehearsal, strong)
    with django_assert_num_queries(0):
        ask(rehearsal, strong)


def test_a_model_that_is_not_public_is_rehearsed_all_the_same(rehearsal, strong):
    type(strong.registered_model).objects.update(public=False, is_default=False)
    assert ask(rehearsal, strong)["status"] == 200


def test_without_a_version_nothing_is_served(rehearsal):
    assert ask(rehearsal)["status"] == 503


def test_health_says_that_a_version_is_loaded_or_why_it_is_not(
    rehearsal, iris, strong, settings, monkeypatch
):
    good = ask(rehearsal, strong, "/health/ready", "GET")
    assert (good["status"], json.loads(good["body"])["models"]) == (200, {"iris": "1.1"})
    broken = make_version(iris, "broken")
    monkeypatch.setenv(VERSIONS, str(broken.pk))
    rehearsal = begun(monkeypatch, settings)
    bad = ask(rehearsal, broken, "/health/ready", "GET")
    assert bad["status"] == 503
    assert "does not load" in json.loads(bad["body"])["problems"]["iris"]
    assert ask(rehearsal, broken)["status"] == 503  # and no other version answers in its place


def test_a_version_that_is_not_rehearsed_cannot_be_asked_for(monkeypatch, strong, settings):
    monkeypatch.setenv(VERSIONS, "99")
    rehearsal = begun(monkeypatch, settings)
    with pytest.raises(KeyError):
        ask(rehearsal, strong)


def test_a_request_that_raises_says_what(rehearsal, strong, monkeypatch):
    loaded = loading.load(strong)

    def predict(self, rows):
        raise MemoryError("of a kind\nor two")

    monkeypatch.setattr(loading.LoadedVersion, "predict", predict)
    monkeypatch.setattr(loading, "load_from", lambda known: loaded)
    reply = ask(rehearsal, strong)
    assert reply["status"] == 500
    assert reply["headers"]["X-Rehearsal-Problem"] == "MemoryError: out of memory"
    assert reply["headers"]["X-Rehearsal-Words"] == r"MemoryError('of a kind\nor two')"
    monkeypatch.undo()


def test_its_follower_follows_nothing(live, strong):
    on_request = application.OnRequest([str(strong.pk)])
    on_request.serve(str(strong.pk))
    served = serving.current()
    on_request.step()
    assert serving.current() is served
    assert served.default.version.label == "1.1"


def test_a_project_that_wants_https_and_another_host_answers_all_the_same(monkeypatch, settings, live):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["www.example.com"], True
    settings.SECURE_REDIRECT_EXEMPT = []
    settings.MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
    ]
    monkeypatch.setenv(VERSIONS, str(live.pk))
    assert ask(begun(monkeypatch, settings), live)["status"] == 200
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert ask(begun(monkeypatch, settings), live)["status"] == 200
