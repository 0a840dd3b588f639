"""A query reads, one statement, from its window; whatever else it does is refused in a sentence."""

import pyarrow as pa
import pytest

from scheduling.models import DataSource
from scheduling.sources.kinds.opening import open_rows
from scheduling.sources.kinds.queries import with_named_parameters
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Window
from scheduling.tests.sources.shop import NOW, ROWS, make_shop, on_postgresql


def source_of(query, **columns):
    return DataSource(kind="query", database="shop", query=query, **columns)


def taken(source):
    with open_rows(source, Window.of(source, now=NOW), None) as rows:
        return pa.Table.from_batches(list(rows.batches), schema=rows.schema)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=on_postgresql)])
def both(request, shop, config):
    """The shop's rows in SQLite and in PostgreSQL."""
    if request.param == "postgresql":
        config.DATA_SOURCES = {"shop": request.getfixturevalue("server_shop")}
    return request.param


def test_all_rows_come_in_their_types(both):
    table = taken(
        source_of("SELECT age, city, customer, left_us, age / 2.0 AS half FROM customer ORDER BY at DESC")
    )
    assert table.schema.names == ["age", "city", "customer", "left_us", "half"]
    assert [str(kind) for kind in table.schema.types] == ["int64", "string", "int64", "int64", "double"]
    assert table["city"].to_pylist() == [row[1] for row in ROWS]
    assert table["half"].to_pylist() == [row[0] / 2 for row in ROWS]


def test_the_window_is_bound(both):
    query = "SELECT age, ':since' AS word FROM customer WHERE at >= :since AND at < :until"
    assert len(taken(source_of(query, window_days=2))) == 48
    assert len(taken(source_of(query, window_days=2, label_delay_days=1))) == 48
    assert taken(source_of(query))["word"][0].as_py() == ":since"


def test_a_time_column_keeps_out_what_a_query_did_not(both):
    assert len(taken(source_of("SELECT age, at FROM customer", time_column="at", window_days=1))) == 24


def test_gaps_empty_text_quotes_and_line_breaks_stay_as_they_are(both):
    query = "SELECT 1 AS n, '' AS t UNION ALL SELECT NULL, NULL UNION ALL SELECT 2, 'a \"b\"\nc,d' ORDER BY 1"
    rows = sorted(taken(source_of(query)).to_pylist(), key=lambda row: row["n"] or 0)
    assert rows == [{"n": None, "t": None}, {"n": 1, "t": ""}, {"n": 2, "t": 'a "b"\nc,d'}]


def test_one_column_of_gaps_has_all_its_rows(both):
    assert len(taken(source_of("SELECT CAST(NULL AS TEXT) AS t FROM customer"))) == 400


REFUSED = {
    "writes": ("DELETE FROM customer", "read only|refuses"),
    "writes inside": (
        "WITH gone AS (DELETE FROM customer RETURNING 1) SELECT * FROM gone",
        "refuses|read only",
    ),
    "several": ("SELECT 1 AS a; SELECT 2 AS b", "several statements"),
    "leaves the transaction": (
        "SELECT 1 AS a) TO STDOUT; COMMIT; DROP TABLE customer; --",
        "several|refuses",
    ),
    "unknown": ("SELECT nothing FROM customer", "refuses the query.*nothing"),
    "other parameter": ("SELECT * FROM customer WHERE age > :least", "another parameter|refuses"),
    "no SQL": ("SELEC", "refuses the query"),
    "twice": ("SELECT age, city AS age FROM customer", "Two columns have the name age"),
    "many": ("SELECT " + ", ".join(f"1 AS c{i}" for i in range(2001)), "refuses|2,001 columns|columns"),
}


@pytest.mark.parametrize(("query", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_plain_select_is_refused(both, query, why):
    with pytest.raises(SourceRefused, match=why):
        taken(source_of(query))
    assert len(taken(source_of("SELECT * FROM customer"))) == 400


def test_a_query_that_hangs_ends_at_the_limit(both, config):
    config.SOURCE_TIME_LIMIT_SECONDS = 1
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS n FROM n"
    with pytest.raises(SourceRefused, match="longer than 1 s"):
        taken(source_of(endless))


def test_a_database_that_is_away_is_told_without_its_password(config):
    for url in ("sqlite:////nowhere/at.all", "postgres://ann:hunter2@127.0.0.1:9/nothing"):
        config.DATA_SOURCES = {"shop": url}
        with pytest.raises(SourceRefused, match="DATA_SOURCES") as refused:
            taken(source_of("SELECT 1 AS a"))
        assert "hunter2" not in str(refused.value)
    config.DATA_SOURCES = {}
    with pytest.raises(SourceRefused, match="no database shop"):
        taken(source_of("SELECT 1 AS a"))


def test_numbers_and_text_in_one_column_of_sqlite(shop):
    make_shop(shop, [*ROWS, ("old", "city 1", "2026-01-01", 1, 0)])
    with pytest.raises(SourceRefused, match="column age holds numbers and text"):
        taken(source_of("SELECT age FROM customer"))
    assert taken(source_of("SELECT CAST(age AS TEXT) AS age FROM customer")).schema.types == [pa.string()]


def test_text_that_is_no_utf_8_is_not_quoted(shop):
    with pytest.raises(SourceRefused, match="UTF-8") as refused:
        taken(source_of("SELECT CAST(x'ff7a65627261' AS TEXT) AS name FROM customer"))
    assert "zebra" not in str(refused.value)


def test_a_number_that_comes_late_in_sqlite_is_no_surprise(shop):
    make_shop(shop, [(i, None, None, 1, 0) for i in range(20_000)] + [(0.5, b"", None, 1, 0)])
    table = taken(source_of("SELECT age, at FROM customer"))
    assert [str(kind) for kind in table.schema.types] == ["double", "null"]
    with pytest.raises(SourceRefused, match="column city holds bytes"):
        taken(source_of("SELECT city FROM customer"))


@on_postgresql
def test_types_of_postgresql(both, server_shop, config):
    config.DATA_SOURCES = {"shop": server_shop}
    query = """SELECT true AS yes, 1.123456789::numeric AS n, 'NaN'::float8 AS nan, 'infinity'::float8 AS inf,
        '2026-01-01 10:00+02'::timestamptz AS z, '2026-01-01'::date AS d,
        '2026-01-01 10:00:00.123456'::timestamp AS t, '{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'::uuid AS u"""
    (row,) = taken(source_of(query)).to_pylist()
    assert row["yes"] is True
    assert row["n"] == 1.123456789
    assert row["inf"] == float("inf")
    assert f"{row['z']:%H:%M %z}" == "08:00 +0000"
    assert f"{row['d']:%Y-%m-%d}" == "2026-01-01"
    assert row["t"].microsecond == 123456


@on_postgresql
@pytest.mark.parametrize("value", ["'1 day'::interval", "'{1,2}'::int[]", "'{}'::json", "'x'::bytea"])
def test_types_that_no_model_takes(both, server_shop, config, value):
    config.DATA_SOURCES = {"shop": server_shop}
    with pytest.raises(SourceRefused, match="column odd is of the type"):
        taken(source_of(f"SELECT {value} AS odd"))


@on_postgresql
def test_an_infinite_timestamp_names_its_column(server_shop, config):
    config.DATA_SOURCES = {"shop": server_shop}
    query = (
        "SELECT i, CASE WHEN i = 90000 THEN 'infinity' ELSE now() END AS at FROM generate_series(1, 100000) i"
    )
    with pytest.raises(SourceRefused, match="column at has a value"):
        taken(source_of(query))


@on_postgresql
def test_a_table_of_the_catalogue_cannot_be_written(server_shop, config):
    config.DATA_SOURCES = {"shop": server_shop}
    with pytest.raises(SourceRefused, match="read only"):
        taken(source_of("SELECT nextval('ticket') AS n"))


def test_parameters_in_text_names_comments_and_casts_stay():
    query = (
        "SELECT ':since', \":until\", $$:since$$, a::date, 5 % 2 -- :until\nWHERE at >= :since /* :since */"
    )
    expected = query.replace("%", "%%").replace(">= :since", ">= %(since)s")
    assert with_named_parameters(query) == expected


@pytest.mark.parametrize("rows", [3, 300_000])
def test_a_reader_who_stops_early_ends_the_query(both, rows):
    series = (
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT i FROM n"
    )
    source = source_of(series)
    with open_rows(source, Window.of(source, now=NOW), None) as taken_from:
        assert len(next(taken_from.batches)) <= rows
    assert len(taken(source_of("SELECT * FROM customer"))) == 400
