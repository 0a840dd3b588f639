"""How the bodies of views that need no signature are read: as JSON, up to a limit."""

from typing import Any, ClassVar

import msgspec
from django.conf import settings
from rest_framework.parsers import BaseParser

from predictions.api.request_body import read_body
from predictions.contract.decoding import UNDECODABLE, decode
from predictions.contract.field_errors import InvalidInput

_anything: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


class JSONParser(BaseParser):
    """A JSON object; NaN, infinities, 1e400 and bottomless nesting are no JSON."""

    media_type = "application/json"
    limit_setting: ClassVar[str] = "MAX_BODY_BYTES"
    kind: ClassVar[type] = dict
    kind_name: ClassVar[str] = "object"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the object, or what `kind` says; raises `InvalidInput` naming the body."""
        body = read_body(parser_context["request"], getattr(settings, self.limit_setting))
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
