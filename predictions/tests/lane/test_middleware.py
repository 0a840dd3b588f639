"""When the lane keeps out of the way: the setting, middleware that it does not know, a model gone private."""

import json

import pytest

from predictions.callers.authentication import BY_APP, SESSIONS
from predictions.lane import middleware
from predictions.tests.lane.generated import good_body
from predictions.tests.lane.two_ways import TwoWays

pytestmark = pytest.mark.django_db


class Greeting:
    """A project's own middleware, which wants to see each request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["X-Greeting"] = "hello"
        return response


class Cookies(Greeting):
    def __call__(self, request):
        response = self.get_response(request)
        response.set_cookie("seen", "1")
        return response


class Rewriting(Greeting):
    def __call__(self, request):
        response = self.get_response(request)
        response.content = response.content.replace(b"species", b"kind")
        return response


GREETING = f"{__name__}.Greeting"


def taken(monkeypatch, times=3):
    """How many of so many good requests the lane kept from Django; each is answered alike."""
    with TwoWays.made(monkeypatch) as ways:
        for _ in range(times):
            django, lane = ways.both(good_body("/predict"))
            assert lane == django
        return ways.taken


def test_the_middleware_of_this_project_is_known(config):
    assert (middleware.unknown(), middleware.check_middleware(), config.FAST_LANE) == ([], [], True)


def test_unknown_middleware_turns_the_lane_off_and_a_check_says_so(live, settings, monkeypatch):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, GREETING]
    assert taken(monkeypatch) == 0
    (warning,) = middleware.check_middleware()
    assert (warning.id, GREETING in warning.msg) == ("predictions.W001", True)


@pytest.mark.parametrize(
    "path", [None, "nowhere.wsgi.application", "application", "benchmarks.empty.wsgi.application"]
)
def test_a_project_without_the_lane_is_not_told_what_would_turn_it_off(settings, path):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, GREETING]
    settings.WSGI_APPLICATION = path
    assert middleware.check_middleware() == []


def test_middleware_that_a_setting_names_keeps_its_headers(live, config, settings, monkeypatch):
    settings.MIDDLEWARE = [GREETING, *settings.MIDDLEWARE]
    config.FAST_LANE_MIDDLEWARE = [*config.FAST_LANE_MIDDLEWARE, GREETING]
    assert middleware.check_middleware() == []
    assert taken(monkeypatch) == 2


@pytest.mark.parametrize("name", ["Cookies", "Rewriting"])
def test_middleware_that_changes_an_answer_is_never_learnt(live, config, settings, monkeypatch, name):
    named = f"{__name__}.{name}"
    settings.MIDDLEWARE = [named, *settings.MIDDLEWARE]
    config.FAST_LANE_MIDDLEWARE = [*config.FAST_LANE_MIDDLEWARE, named]
    assert taken(monkeypatch) == 0


def test_the_setting_turns_it_off(live, config, monkeypatch):
    config.FAST_LANE = False
    assert (taken(monkeypatch), middleware.check_middleware()) == (0, [])


@pytest.mark.parametrize(
    ("path", "ids"), [(SESSIONS, ["predictions.I001"]), (BY_APP["rest_framework.authtoken"], [])]
)
def test_sessions_turn_it_off_and_a_check_tells(config, settings, path, ids):
    config.AUTHENTICATION_CLASSES = [path]
    assert (middleware.is_open(), [one.id for one in middleware.check_callers()]) == (not ids, ids)
    settings.WSGI_APPLICATION = "benchmarks.empty.wsgi.application"
    assert middleware.check_callers() == []


def test_a_model_that_becomes_private_or_loses_its_version_is_left_to_django(live, monkeypatch):
    from predictions.serving.follower import Follower

    model = live.registered_model
    with TwoWays.made(monkeypatch) as ways:
        ways.both(good_body("/predict"))
        model.public = False
        model.save()
        Follower().step()
        django, lane = ways.both(good_body("/predict"))
        assert (lane, django["status"], ways.taken) == (django, "401 Unauthorized", 0)
        model.public = True
        model.save()
        Follower().step()
        django, lane = ways.both(good_body("/predict"))
        assert (lane, django["status"], ways.taken) == (django, "200 OK", 1)


def test_refusals_that_a_project_logs_are_left_to_django(live, monkeypatch, caplog):
    with TwoWays.made(monkeypatch) as ways:
        ways.both(good_body("/predict"))
        caplog.set_level("WARNING", logger="django.request")
        django, lane = ways.both(json.dumps({"sepallength": 0}).encode())
        assert (lane, django["status"], ways.taken) == (django, "400 Bad Request", 0)
