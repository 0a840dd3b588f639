"""Our own words are for everybody; those of others, which may quote a cell, are not."""

import errno

import pytest
from django.core.exceptions import ValidationError

from predictions.contract.error_texts import is_ours, kind_of, plain_text, private_text, public_text
from predictions.tables.names import DatasetInvalid

CELL = "-777.25"


def made_in_a_test():
    return type("Made", (Exception,), {})()


def raised(error, cause=None):
    """The error as it is caught."""
    try:
        try:
            raise cause or ValueError(f"inner {CELL}")
        except Exception as inner:
            raise error from inner
    except type(error) as caught:
        return caught


def test_an_error_of_ours_is_told_with_its_text():
    error = DatasetInvalid("it lacks the columns: age")
    assert plain_text(error) == "it lacks the columns: age"
    assert public_text(error) == "DatasetInvalid: it lacks the columns: age"


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (DatasetInvalid(), True),
        (made_in_a_test(), True),
        (ValueError(), False),
        (ValidationError("x"), False),
        (type("Made", (Exception,), {"__module__": "nowhere"})(), False),
        (type("Beside", (Exception,), {"__module__": "sklearn.exceptions"})(), False),
    ],
)
def test_ours_are_those_of_the_rooms_of_this_project(error, ours):
    assert is_ours(error) is ours


@pytest.mark.parametrize("tell", [kind_of, plain_text, public_text])
def test_of_an_error_of_others_the_kind_is_told(tell):
    assert tell(ValueError(f"could not convert string to float: {CELL}")) == "ValueError"


def test_an_error_of_the_system_is_told_in_the_systems_words():
    assert public_text(OSError(errno.ENOSPC, CELL)) == "OSError: No space left on device"
    assert public_text(OSError(CELL)) == "OSError"


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError(f"[ONNXRuntimeError] Failed to allocate memory for {CELL}")]
)
def test_what_ran_out_of_memory_says_so(error):
    assert public_text(error) == f"{type(error).__name__}: out of memory"


def test_the_whole_traceback_is_kept_where_nothing_is_redacted():
    told = private_text(raised(TypeError(CELL)), redacted=False)
    assert told.count(CELL) == 2
    assert "direct cause" in told


def test_the_bare_one_has_lines_of_code_and_no_text_of_others():
    told = private_text(raised(DatasetInvalid("no CSV file")), redacted=True)
    assert CELL not in told
    assert told.count("raised") == 2
    assert told.index("ValueError") < told.index("DatasetInvalid: no CSV file")


def test_a_note_on_an_error_is_not_told():
    error = raised(TypeError("x"))
    error.add_note(CELL)
    assert CELL not in private_text(error, redacted=True)


def test_a_cause_that_was_hidden_stays_hidden():
    error = raised(DatasetInvalid("none"), KeyError(CELL))
    assert "KeyError" in private_text(error, redacted=True)
    error.__context__, error.__cause__, error.__suppress_context__ = error.__cause__, None, True
    assert "KeyError" not in private_text(error, redacted=True)


def test_errors_that_raise_each_other_come_to_an_end():
    first, second = ValueError(), TypeError()
    first.__cause__, second.__cause__ = second, first
    assert "ValueError" in private_text(first, redacted=True)
