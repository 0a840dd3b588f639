"""The two empty views beside all of ours: one as the framework ships, one as lean as it allows."""

import pytest
from django.urls import resolve
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer

from benchmarks.empty_views import LeanEmpty, StockEmpty
from predictions.api.negotiation import JSONOnly

pytestmark = pytest.mark.urls("benchmarks.urls")


@pytest.mark.parametrize("kind", ["stock", "lean"])
def test_they_answer_alike(client, kind):
    reply = client.post(f"/empty/{kind}", {"sepallength": 5.1}, content_type="application/json")
    assert (reply.status_code, reply.content) == (200, b'{"species":0,"model":"empty"}')
    assert reply["Content-Type"] == "application/json"


def test_stock_has_nothing_of_this_projects_settings():
    assert StockEmpty.content_negotiation_class is DefaultContentNegotiation
    assert StockEmpty.parser_classes == [JSONParser, FormParser, MultiPartParser]
    assert StockEmpty.renderer_classes == [JSONRenderer, BrowsableAPIRenderer]
    names = [authentication.__name__ for authentication in StockEmpty.authentication_classes]
    assert names == ["SessionAuthentication", "BasicAuthentication"]


def test_lean_has_this_projects_negotiation():
    assert LeanEmpty.content_negotiation_class is JSONOnly


@pytest.mark.parametrize("path", ["/predict", "/api/models", "/health/ready", "/schema"])
def test_all_our_own_paths_are_there(path):
    assert resolve(path, urlconf="benchmarks.urls")
