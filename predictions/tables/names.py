"""The names of a table's columns: which can be used, and how many are told."""

from collections import Counter

MOST_COLUMNS = 10_000  # five times the features that a model may have


class DatasetInvalid(Exception):
    """The file is not a table, or lacks columns of the signature. The text has no value of a cell."""


def refuse_bad_names(names: list[str]) -> None:
    """Raise `DatasetInvalid` for columns without a name of their own, or with one that cannot be used."""
    unnamed = [place for place, name in enumerate(names, 1) if not name.strip()]
    if unnamed == [1]:
        raise DatasetInvalid(
            "Column 1 has no name. If it is the index of a data frame, write the file with index=False; "
            "else name it in the first row."
        )
    if unnamed:
        raise DatasetInvalid(f"{_columns(unnamed)} no name. Name each column in the first row.")
    if len(names) > MOST_COLUMNS:
        raise DatasetInvalid(f"The file has {len(names):,} columns, and at most {MOST_COLUMNS:,} are read.")
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise DatasetInvalid(f"Several columns have one name: {listed(twice)}. Give each its own.")
    for place, name in enumerate(names, 1):
        if problem := problem_of_name(name):
            raise DatasetInvalid(f"The name of column {place} {problem}.")


def problem_of_name(name: str) -> str:
    """What is wrong with the name of a column or feature; empty if it can be used."""
    if not name.strip():
        return "is empty"
    if not name.isprintable():
        return "has a line break or another character that cannot be shown. Rename it"
    if '"' in name or "\\" in name:
        return "has a double quote or a backslash. Rename it"
    if len(name) > 100:
        return "is longer than 100 characters. Shorten it"
    return ""


def listed(names: list[str], most: int = 10) -> str:
    """Return the names, the first ones of many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _columns(places: list[int]) -> str:
    return f"Column {places[0]} has" if len(places) == 1 else f"Columns {listed([*map(str, places)])} have"
