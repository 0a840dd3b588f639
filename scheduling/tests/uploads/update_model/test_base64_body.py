"""What `POST /update_model` takes for a model file."""

import pytest

from predictions.contract.fields import InvalidInput
from scheduling.uploads.base64_body import decode
from scheduling.uploads.refusals import Refused


def test_it_decodes_base64():
    assert decode("UEsDBCBh") == b"PK\x03\x04 a"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not base64!", "Input should be base64"),
        ("UEsDB", "Input should be base64"),
        ("UEsDBCBh\u00e9", "Input should be base64"),
        ("", str(Refused("empty_file"))),
        ("gASVAAAA", str(Refused("pickle"))),
    ],
)
def test_it_refuses_what_is_no_skops_file_and_names_the_field(text, message):
    with pytest.raises(InvalidInput) as caught:
        decode(text)
    (error,) = caught.value.errors
    assert error.field == "modelObject"
    assert error.message == message
