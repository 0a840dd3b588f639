"""What one column of a file may be: its kind where the cells say it, else the question that decides it."""

from predictions.tables.kinds.column import Column, Found
from predictions.tables.kinds.declared import declared
from predictions.tables.kinds.numbers import number
from predictions.tables.kinds.words import other_than_text, text


def look_at(column: Column) -> Found:
    """Return what the column is, or what has to be asked."""
    if not column.rows:
        return Found(question="it has no value in any row", choices=("drop", "float", "text"))
    if column.is_declared:
        return declared(column)
    return number(column) or other_than_text(column) or text(column)
