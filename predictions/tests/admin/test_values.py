"""Values as people type them: read, written so that they are read as the same, and refused in a sentence."""

import pytest
from django.core.exceptions import ValidationError

from predictions.admin.values import LinesField, read_values, write_values

HOSTILE = [
    "[" * 2000, "[" * 100_000, "[" * 990 + "]" * 990, "9" * 5000, "9" * 400, "-" + "9" * 17,
    "[" + "9" * 17 + "]",
    "1e999", '"', '"a" b', "[1", "[NaN]", '[{"a": 1}]', "1,, 2", ",1", "[1] [2]",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(ValidationError):
        read_values(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []),
        ("12, 24,", [12, 24]),
        ("0.1, 1e-3, -5, 1.0", [0.1, 0.001, -5, 1.0]),
        ("True, false, None", [True, False, None]),
        ('sqrt, "none", "1", "a, b"', ["sqrt", "none", "1", "a, b"]),
        ("[10, 5], [20]", [[10, 5], [20]]),
        ("nan, 0x1f, 1_0", ["nan", "0x1f", "1_0"]),
    ],
)
def test_values_with_commas_between_them(text, values):
    read = read_values(text)
    assert read == values
    assert [type(one) for one in read] == [type(one) for one in values]
    assert read_values(write_values(values)) == values


LABELS = [0, 1.5, True, "true", "none", "1", " padded", "", '"quoted"', "a, b", "[x]", "zwölf", "two\nlines"]


@pytest.mark.parametrize(("typed", "values"), [(True, LABELS), (False, LABELS[3:])])
def test_lines_are_read_as_they_are_written(typed, values):
    field = LinesField(typed=typed, required=False)
    shown = field.prepare_value(values)
    assert field.clean(shown) == values
    assert [type(one) for one in field.clean(shown)] == [type(one) for one in values]
    assert not field.has_changed(values, shown)
    assert field.has_changed(values, shown + "\nmore")


def test_lines_of_texts_are_texts():
    assert LinesField().clean("1\n\n true \r\nnone") == ["1", "true", "none"]
    assert LinesField(typed=True).clean("1\ntrue\nnone") == [1, True, "none"]
    assert LinesField(required=False).clean("") == []
