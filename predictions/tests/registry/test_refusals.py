"""What is shown of text from anywhere, and of an error: one short line."""

import pytest

from predictions.registry.refusals import kind_in_words, raise_if_out_of_memory, shown


@pytest.mark.parametrize(
    ("said", "told"), [("one\n  two \n", "one two"), ("a\0b\x1b[31m", "a\ufffdb\ufffd[31m"), ("", "")]
)
def test_it_is_one_line_that_can_be_printed(said, told):
    assert shown(said) == told


def test_it_is_short_however_much_is_said():
    assert len(shown("word " * 300_000)) == 300
    assert shown("word " * 300_000).endswith("…")


def test_an_error_is_told_by_its_name_and_not_by_its_words():
    assert kind_in_words(ZeroDivisionError("a secret")) == "zero division error"


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[ONNXRuntimeError] : 6 : Failed to allocate memory for requested buffer of size 9"),
        RuntimeError("std::bad_alloc"),
        ImportError("x.so: failed to map segment from shared object"),
    ],
)
def test_want_of_memory_is_known_in_its_disguises(error):
    with pytest.raises(MemoryError):
        raise_if_out_of_memory(error)


def test_other_errors_are_none():
    raise_if_out_of_memory(ValueError("a memory of old times"))
