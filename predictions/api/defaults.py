"""What every view does, whatever a project's REST_FRAMEWORK says: callers, strict JSON, limited bodies."""

from collections.abc import Callable
from typing import Any, ClassVar

import msgspec
from django.contrib.auth.models import AnonymousUser
from django.db import connections, transaction
from django.http import HttpRequest
from rest_framework.generics import GenericAPIView
from rest_framework.metadata import BaseMetadata
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from predictions.api import api_errors
from predictions.api.openapi import AutoSchema
from predictions.api.request_body import read_body
from predictions.callers.authentication import authentication_classes
from predictions.callers.rate_limits import throttle_classes
from predictions.conf import config
from predictions.contract.decoding import UNDECODABLE, decode
from predictions.contract.fields import InvalidInput

_anything: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


class Methods(BaseMetadata):
    """OPTIONS answers with the methods of a path. DRF's own class fails on views without a serializer."""

    def determine_metadata(self, request: Any, view: Any) -> dict[str, Any]:
        return {"methods": view.allowed_methods}


class JSONOnly(BaseContentNegotiation):
    """Each view has one parser and one renderer. Choosing by headers would take longer than a prediction."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class JSONParser(BaseParser):
    """A JSON object. NaN, infinities, 1e400 and extremely deep nesting are not valid JSON here."""

    media_type = "application/json"
    limit_setting: ClassVar[str] = "MAX_BODY_BYTES"
    kind: ClassVar[type] = dict
    kind_name: ClassVar[str] = "object"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the decoded body. Raises `InvalidInput` for the field "body"."""
        body = read_body(parser_context["request"], getattr(config, self.limit_setting))
        try:
            value = decode(_anything, body)
        except UnicodeDecodeError:
            raise InvalidInput.of_body("Input should be JSON in UTF-8") from None
        except UNDECODABLE:
            raise InvalidInput.of_body("Input should be valid JSON") from None
        if not isinstance(value, self.kind):
            raise InvalidInput.of_body(f"Input should be a JSON {self.kind_name}")
        return value


class JSONArray(JSONParser):
    """A JSON array of many rows."""

    limit_setting = "MAX_BATCH_BYTES"
    kind = list
    kind_name = "array"


class JSONUpload(JSONParser):
    """A JSON object that carries a model file."""

    limit_setting = "MAX_UPLOAD_BYTES"


class PlainJSON(JSONRenderer):
    """JSON in UTF-8 without spaces."""

    compact, ensure_ascii, strict = True, False, True


class ApiRequest(Request):
    """A request of nobody has Django's anonymous user."""

    def _not_authenticated(self) -> None:
        self._authenticator = None
        self.user, self.auth = AnonymousUser(), None


def without_transaction(view: Any) -> Any:
    """Keep ATOMIC_REQUESTS off a view: a request may wait for what other processes see and do."""
    for alias in connections:
        view = transaction.non_atomic_requests(using=alias)(view)
    return view


class OwnDefaults:
    """Mixed in before a view of DRF's: each class that DRF would else take from the project's settings."""

    authentication_classes: Any = authentication_classes()
    permission_classes: Any = [IsAuthenticatedOrReadOnly]
    throttle_classes: Any = throttle_classes()
    parser_classes: Any = [JSONParser]
    renderer_classes: Any = [PlainJSON]
    content_negotiation_class: Any = JSONOnly
    metadata_class: Any = Methods
    versioning_class: Any = None
    schema: Any = AutoSchema()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return without_transaction(super().as_view(**initkwargs))  # type: ignore[misc]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        view: Any = self
        return ApiRequest(
            request,
            parsers=view.get_parsers(),
            authenticators=view.get_authenticators(),
            negotiator=view.get_content_negotiator(),
            parser_context=view.get_parser_context(request),
        )

    def get_exception_handler(self) -> Callable[..., Any]:
        return api_errors.answer


class ApiView(OwnDefaults, APIView):
    """The base of all views of one path."""


class ApiViewSet(ViewSetMixin, OwnDefaults, GenericAPIView[Any]):
    """The base of all views of rows."""

    filter_backends: Any = []
    pagination_class: Any = None

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        return without_transaction(super().as_view(actions, **initkwargs))
