"""Two views of Django REST framework that answer a constant, without reading the request."""

from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import DEFAULTS, APISettings
from rest_framework.views import APIView

from predictions.api.defaults import ApiView

ANSWER = {"species": 0, "model": "empty"}
ENCODED = b'{"species":0,"model":"empty"}'
# An empty dictionary would be taken for none, and then the project's settings are looked up.
as_shipped = APISettings({"DEFAULT_VERSION": None}, DEFAULTS)


class StockEmpty(APIView):
    """As who installs the framework and changes nothing gets it."""

    authentication_classes = as_shipped.DEFAULT_AUTHENTICATION_CLASSES
    permission_classes = as_shipped.DEFAULT_PERMISSION_CLASSES
    throttle_classes = as_shipped.DEFAULT_THROTTLE_CLASSES
    parser_classes = as_shipped.DEFAULT_PARSER_CLASSES
    renderer_classes = as_shipped.DEFAULT_RENDERER_CLASSES
    content_negotiation_class = as_shipped.DEFAULT_CONTENT_NEGOTIATION_CLASS
    settings = as_shipped

    def post(self, request: Request) -> Response:
        """Answer a constant, to be rendered."""
        return Response(ANSWER)


class LeanEmpty(ApiView):
    """As lean as the framework allows by this project's defaults: no negotiation, nothing to render."""

    permission_classes = [AllowAny]

    def post(self, request: Request) -> HttpResponse:
        """Answer a constant that is encoded already."""
        return HttpResponse(ENCODED, content_type="application/json")


VIEWS = {"stock": StockEmpty, "lean": LeanEmpty}
