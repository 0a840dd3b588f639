"""The body of `POST /update_model`: a model file in base64."""

import base64

from predictions.contract.fields import FieldError, InvalidInput
from scheduling.uploads.kinds import kind_of
from scheduling.uploads.refusals import Refused


def decode(model_object: str) -> bytes:
    """Return the bytes of a model file of any kind from base64. Raises `InvalidInput`."""
    try:
        content = base64.b64decode(model_object, validate=True)
        kind_of(content)
        return content
    except Refused as error:
        message = str(error)
    except ValueError:
        message = "Input should be base64"
    raise InvalidInput([FieldError(field="modelObject", message=message)])
