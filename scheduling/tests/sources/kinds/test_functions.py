"""A function gives a frame, a query set or batches; whatever else it does ends in a sentence."""

import pyarrow as pa
import pytest

from predictions.tests.factories import make_model, make_person
from scheduling.models import DataSource
from scheduling.sources.kinds.opening import open_rows
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Window
from scheduling.tests.sources.kinds import some_functions
from scheduling.tests.sources.shop import NOW


@pytest.fixture(autouse=True)
def _named(config):
    names = [name for name in vars(some_functions) if not name.startswith("_")]
    config.SOURCE_CALLABLES = {name: f"{some_functions.__name__}:{name}" for name in names} | {
        "gone": "no_such_package.rows:rows", "no_function": f"{some_functions.__name__}:no_function",
    }  # fmt: skip


def taken(name, **columns):
    source = DataSource(kind="callable", function=name, **columns)
    with open_rows(source, Window.of(source, now=NOW), None) as rows:
        return pa.Table.from_batches(list(rows.batches), schema=rows.schema)


def kinds(table):
    return [str(kind) for kind in table.schema.types]


def test_a_frame():
    table = taken("frame", window_days=2, label_delay_days=1)
    assert kinds(table) == ["int64", "string", "int64"]
    assert table["city"].to_pylist() == ["a", None]
    since, until = some_functions.asked[-1]
    assert ((NOW - until).days, (until - since).days) == (1, 2)


def test_categories_are_text_and_gaps_stay():
    table = taken("categories")
    assert kinds(table) == ["string", "int64"]
    assert table["n"].to_pylist() == [1, None]


def test_batches():
    assert taken("batches")["age"].to_pylist() == list(range(30))


@pytest.mark.django_db
def test_query_sets_have_the_types_of_their_fields():
    make_person("ann")
    table = taken("users")
    assert kinds(table) == ["string", "bool", "timestamp[us, tz=UTC]", "timestamp[us, tz=UTC]"]
    assert (table["username"].to_pylist(), table["last_login"].to_pylist()) == (["ann"], [None])
    make_model("wine")
    assert taken("models").to_pylist() == [{"name": "wine", "log_rate": 100}]


def test_what_it_prints_goes_nowhere(capfdbinary):
    assert len(taken("prints")) == 2
    assert capfdbinary.readouterr().out == b""


REFUSED = {
    "raises": "raises raised ValueError .some_functions.py, line",
    "raises_late": "raises_late raised ValueError",
    "exits": "raised SystemExit",
    "nothing": "returned NoneType",
    "rows_of_dicts": "gave dict",
    "no_batch": "gave no batch",
    "two_types": "column age holds int values first and string values",
    "other_columns": "changed its columns",
    "mixed_column": "column age of the frame holds values of several types",
    "named_twice": "Two columns have the name age",
    "named_by_number": "which is no text",
    "lists": "column age holds list",
    "no_argument": "raised TypeError",
    "gone": "there is no module no_such_package",
    "no_function": "has no function no_function",
    "unnamed": "has no function unnamed any more",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_with_it_is_told(name):
    with pytest.raises(SourceRefused, match=REFUSED[name]) as refused:
        taken(name)
    assert "Ann" not in str(refused.value)


@pytest.mark.django_db
def test_a_field_that_no_model_takes():
    with pytest.raises(SourceRefused, match="is a JSONField"):
        taken("json_field")


def test_it_ends_at_the_time_limit(config):
    from scheduling.sources.deadline import time_limit

    config.SOURCE_TIME_LIMIT_SECONDS = 1
    with pytest.raises(SourceRefused, match="longer than 1 s"), time_limit():
        taken("hangs")


def test_a_process_that_it_forks_ends_with_the_function():
    assert len(taken("forks")) == 2  # and this test is not run twice
