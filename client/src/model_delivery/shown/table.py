"""One table for two places: rich draws it in a terminal, HTML in a notebook. Every text is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text


def plain(value: Any) -> str:
    """Return what is shown of a value: nothing for None, and no control characters of a terminal."""
    text = "" if value is None else str(value)
    return "".join(
        letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


@dataclass(frozen=True, kw_only=True)
class Table:
    """A title, the names of the columns (none for a list of facts), and rows of values."""

    title: str
    rows: Sequence[Sequence[Any]]
    columns: Sequence[str] = ()

    def rich(self) -> Group:
        """Return the table for a terminal."""
        drawn = RichTable(show_header=bool(self.columns))
        for column in self.columns:
            drawn.add_column(column, overflow="fold")
        for row in self.rows:
            drawn.add_row(*(Text(plain(value)) for value in row))
        return Group(Text(plain(self.title), style="bold"), drawn)

    def html(self) -> str:
        """Return the table for a notebook."""
        head = "".join(f"<th>{escape(column)}</th>" for column in self.columns)
        rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows)
        caption = f"<caption>{escape(plain(self.title))}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(value: Any) -> str:
    text = escape(plain(value))
    if text.startswith(("http://", "https://")):
        return f'<td><a href="{text}">{text}</a></td>'
    return f"<td>{text}</td>"


class Shown:
    """Shows itself as its `table`, by rich's `print` and as the last line of a notebook's cell."""

    def table(self) -> Table:
        raise NotImplementedError

    def __rich__(self) -> Group:
        return self.table().rich()

    def _repr_html_(self) -> str:
        return self.table().html()
