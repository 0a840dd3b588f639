"""JSON in forms of the admin: whatever the text, an error at its field and no page that fails."""

import pytest
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

from predictions.admin.editing import DEEPEST, JsonField

HOSTILE = [
    "[" * 2000, "[" * 100_000, '{"a":' * 2000, "9" * 5000, "9" * 400, "-" + "9" * 17,
    "[" * 990 + "]" * 990, "[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), "{", "NaN,",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_refused_and_shown_again_as_it_came(text):
    field = JsonField()
    with pytest.raises(ValidationError):
        field.clean(text)
    again = field.bound_data(text, None)
    assert isinstance(again, InvalidJSONInput)
    assert field.prepare_value(again) == text
    assert field.has_changed({}, text)


@pytest.mark.parametrize("text", ['{"accuracy": 0.9}', "[1, 2, [3]]", "9007199254740992", '"x"', "true"])
def test_other_json_is_taken(text):
    field = JsonField()
    assert field.clean(text) == field.bound_data(text, None)
    assert JsonField(required=False).clean("") is None
