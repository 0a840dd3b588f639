"""What every view does unless it says otherwise: callers by token, strict JSON in, limited bodies."""

from typing import Any, ClassVar

import msgspec
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.metadata import BaseMetadata
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser

from predictions.api.request_body import read_body
from predictions.conf import config
from predictions.contract.decoding import UNDECODABLE, decode
from predictions.contract.fields import InvalidInput
from predictions.models.base import is_ahead

_anything: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


class TokenAuthentication(KnoxTokenAuthentication):
    """`Authorization: Token …`: stored as a hash, with an expiry date, never a cookie."""

    def authenticate_credentials(self, token: bytes) -> Any:
        """Return (user, token). A token with strange characters is a wrong token, not a server error."""
        if not (token.isascii() and token.decode().isprintable()):
            raise AuthenticationFailed("Invalid token.")
        user, found = super().authenticate_credentials(token)
        if is_ahead(found.created):  # it would be valid for years
            message = "This token was created in the future, because a clock was wrong. Create a new token."
            raise AuthenticationFailed(message)
        return user, found


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


class StrictSerializer(serializers.Serializer[Any]):
    """Unknown fields are errors, each named."""

    def to_internal_value(self, data: Any) -> Any:
        data = dict(data.items())  # DRF would read an empty form as one with no box ticked
        problems: dict[str, Any] = {name: "Unknown field" for name in data if name not in self.fields}
        try:
            accepted = super().to_internal_value(data)
        except serializers.ValidationError as error:
            problems = dict(error.detail) | problems  # type: ignore[arg-type]
        if problems:
            raise serializers.ValidationError(problems)
        return accepted


class _OfType:
    """A field that takes one JSON type and converts no other."""

    json_type: type
    noun: str

    def to_internal_value(self, data: Any) -> Any:
        if type(data) is not self.json_type:
            raise serializers.ValidationError(f"Input should be a valid {self.noun}")
        return super().to_internal_value(data)  # type: ignore[misc]


class Text(_OfType, serializers.CharField):
    """A JSON string, not a number."""

    json_type, noun = str, "string"


class Truth(_OfType, serializers.BooleanField):
    """A JSON boolean, neither 1 nor "true"."""

    json_type, noun = bool, "boolean"


class Whole(_OfType, serializers.IntegerField):
    """A whole JSON number, neither "1" nor 1.5 nor a boolean."""

    json_type, noun = int, "integer"
