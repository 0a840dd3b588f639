"""The two empty views, each alone in its server: as the framework ships, and as lean as it allows."""

import importlib

import pytest
from django.urls import get_resolver
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer

from benchmarks.empty.views import LeanEmpty, StockEmpty
from benchmarks.server import ours
from predictions.api.defaults import JSONOnly


@pytest.fixture(params=["stock", "lean"])
def paths(request, monkeypatch, settings):
    """The paths of its server."""
    monkeypatch.setenv("EMPTY_VIEW", request.param)
    from benchmarks.empty import urls

    importlib.reload(urls)
    settings.ROOT_URLCONF = "benchmarks.empty.urls"
    return get_resolver().url_patterns


def test_each_stands_alone_and_they_answer_alike(client, paths):
    assert [str(pattern.pattern) for pattern in paths] == ["empty"]
    reply = client.post("/empty", {"sepallength": 5.1}, content_type="application/json")
    assert (reply.status_code, reply.content) == (200, b'{"species":0,"model":"empty"}')
    assert reply["Content-Type"] == "application/json"


def test_its_server_is_started_as_the_web_tier_is():
    mine, theirs = ours.command(), ours.command("benchmarks.empty.wsgi:application")
    assert mine.replace("mlsite.wsgi", "benchmarks.empty.wsgi") == theirs != mine


def test_stock_has_nothing_of_this_projects_settings():
    assert StockEmpty.content_negotiation_class is DefaultContentNegotiation
    assert StockEmpty.parser_classes == [JSONParser, FormParser, MultiPartParser]
    assert StockEmpty.renderer_classes == [JSONRenderer, BrowsableAPIRenderer]
    names = [authentication.__name__ for authentication in StockEmpty.authentication_classes]
    assert names == ["SessionAuthentication", "BasicAuthentication"]


def test_lean_has_this_projects_negotiation():
    assert LeanEmpty.content_negotiation_class is JSONOnly
