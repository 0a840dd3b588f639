"""A query on a database of the setting DATA_SOURCES: one SELECT, read only, with the window as parameters."""

import re
from contextlib import AbstractContextManager

from predictions.conf import config, setting_name
from scheduling.models import DataSource
from scheduling.sources.kinds import postgresql, sqlite
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Rows, Window

# What is copied as it is: text, names, comments and casts; then the parameters.
TOKENS = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | \$(\w*)\$.*?\$\1\$ | --[^\n]* | /\*.*?\*/ | :: |
    :(since|until)\b""",
    re.VERBOSE | re.DOTALL,
)


def open_query(source: DataSource, window: Window) -> AbstractContextManager[Rows]:
    """Return the rows of the query. Raises `SourceRefused` when they are asked for."""
    url = config.DATA_SOURCES.get(source.database)
    if url is None:
        setting, name = setting_name("DATA_SOURCES"), source.database
        raise SourceRefused(f"{setting} has no database {name} any more. Add it, or change the source.")
    query = source.query.strip().rstrip(";").rstrip()
    if url.startswith("sqlite:///"):
        return sqlite.open_sqlite(url.removeprefix("sqlite:///"), query, window)
    return postgresql.open_postgresql(url, with_named_parameters(query), window)


def with_named_parameters(query: str) -> str:
    """Return the query with :since and :until as psycopg names them, and its percent signs doubled."""

    def named(found: re.Match[str]) -> str:
        return f"%({found[2]})s" if found[2] else found[0]

    return TOKENS.sub(named, query.replace("%", "%%"))
