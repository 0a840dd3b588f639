"""Which classes of DRF know a caller: by what is installed, or by the key."""

import io

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from predictions.callers.authentication import authentication_classes, is_by_header
from predictions.callers.drf_tokens import TokenAuthentication as TokensOfDRF
from predictions.callers.knox_tokens import TokenAuthentication
from predictions.callers.sessions import SessionAuthentication
from predictions.lane import middleware

BASIC = "rest_framework.authentication.BasicAuthentication"
HERE = "predictions.tests.callers.test_ways_to_prove"


class ByCookie(BaseAuthentication):
    """Nobody can tell where it looks."""


class ByHeader(BaseAuthentication):
    """It says that it looks at the header alone."""

    by_header = True


@pytest.fixture
def only(monkeypatch):
    """Let these packages be installed, and none of the others that know callers."""

    def install(*names):
        monkeypatch.setattr(apps, "is_installed", lambda name: name in names)

    return install


@pytest.mark.parametrize(
    ("installed", "wanted", "by_header"),
    [
        (["knox", "rest_framework.authtoken"], TokenAuthentication, True),
        (["rest_framework.authtoken"], TokensOfDRF, True),
        ([], SessionAuthentication, False),
    ],
)
def test_it_is_what_the_project_has(only, installed, wanted, by_header):
    only(*installed)
    assert (authentication_classes(), is_by_header()) == ([wanted], by_header)


@pytest.mark.parametrize(
    ("paths", "by_header"),
    [
        ([BASIC], True),
        ([BASIC, f"{HERE}.ByHeader"], True),
        ([BASIC, f"{HERE}.ByCookie"], False),
        (["rest_framework.authentication.SessionAuthentication"], False),
    ],
)
def test_the_key_decides_and_predictions_are_fast_where_the_header_tells(config, paths, by_header):
    config.AUTHENTICATION_CLASSES = paths
    assert len(authentication_classes()) == len(paths)
    assert is_by_header() is by_header
    assert middleware.is_open() is by_header


def test_a_path_that_leads_nowhere_is_named(config):
    config.AUTHENTICATION_CLASSES = ["shop.nothing.Here"]
    with pytest.raises(ImproperlyConfigured, match=r"AUTHENTICATION_CLASSES.*shop\.nothing\.Here"):
        authentication_classes()


@pytest.mark.django_db
def test_without_knox_the_command_says_what_to_do(only):
    only()
    with pytest.raises(CommandError, match="knox"):
        call_command("create_token", "ann", stdout=io.StringIO())


@pytest.mark.parametrize("key", ["\0", "é", "a\nb"])
def test_a_token_of_strange_characters_is_a_wrong_one(key):
    with pytest.raises(AuthenticationFailed):
        TokensOfDRF().authenticate_credentials(key)


@pytest.fixture
def sent(rf, django_user_model):
    """A form with a file, sent by somebody who is signed in, with the token of CSRF in a header or not."""

    def send(**headers):
        request = rf.post("/", {"file": io.BytesIO(b"x" * 5000)}, headers=headers)
        request.user, request._dont_enforce_csrf_checks = django_user_model(is_active=True), False
        request.META["CSRF_COOKIE"] = request.COOKIES["csrftoken"] = "t" * 32
        return Request(request)

    return send


def test_a_session_needs_the_header_and_leaves_the_form_to_the_view(sent):
    request = sent(X_CSRFToken="t" * 32)
    assert SessionAuthentication().authenticate(request)[0] == request._request.user
    assert len(request._request.read()) > 5000


def test_a_session_without_the_header_is_refused(sent):
    with pytest.raises(PermissionDenied):
        SessionAuthentication().authenticate(sent())
