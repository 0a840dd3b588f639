"""Options that say something of one column, such as `--bounds age=0:120`; each may be given several times."""

import json
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

TRUTHS = {"yes": True, "no": False}


def column_and_kind(text: str) -> tuple[str, str]:
    """Return the two sides of `zip=category`. Raises `ArgumentTypeError`."""
    column, sign, kind = text.rpartition("=")
    if not (column and sign and kind):
        raise ArgumentTypeError("should be a column and a kind, such as zip=category")
    return column, kind


def column_and_ends(text: str) -> tuple[str, list[float | None]]:
    """Return the sides of `age=0:120` or `age=0:`. Raises `ArgumentTypeError`."""
    column, sign, ends = text.rpartition("=")
    low, colon, high = ends.partition(":")
    try:
        found = [float(end) if end else None for end in (low, high)]
    except ValueError:
        colon = ""
    if not (column and sign and colon):
        raise ArgumentTypeError("should be a column and its least and largest value, such as age=0:120")
    return column, found


def column_and_truth(text: str) -> tuple[str, bool]:
    """Return the sides of `age=no`. Raises `ArgumentTypeError`."""
    column, sign, truth = text.rpartition("=")
    if not (column and sign and truth in TRUTHS):
        raise ArgumentTypeError("should be a column and yes or no, such as age=no")
    return column, TRUTHS[truth]


def column_and_example(text: str) -> tuple[str, str]:
    """Return the two sides of `town=Ulm`. Raises `ArgumentTypeError`."""
    column, sign, example = text.partition("=")
    if not (column and sign):
        raise ArgumentTypeError("should be a column and a value, such as town=Ulm")
    return column, example


OPTIONS: dict[str, tuple[str, Any, str]] = {
    "kinds": ("KIND", column_and_kind, "How a column is read, where it is asked."),
    "bounds": (
        "LOW:HIGH",
        column_and_ends,
        "The least and the largest value of a number, where the wide ones are not right.",
    ),
    "required": ("yes|no", column_and_truth, "Whether requests must have it. Default: what has no gaps."),
    "examples": ("VALUE", column_and_example, "The value that the documentation of the model shows."),
}


def add_options(parser: CommandParser) -> None:
    """Add them all to a command."""
    for name, (value, read, words) in OPTIONS.items():
        parser.add_argument(
            f"--{name}", metavar=f"COLUMN={value}", action="append", type=read, default=[],
            help=f"{words} Repeatable.",
        )  # fmt: skip


def as_json(options: dict[str, Any]) -> dict[str, str]:
    """Return what was said, as the API takes it."""
    return {name: json.dumps(dict(options[name])) for name in OPTIONS if options[name]}


def answer(field: str, choice: str) -> str:
    """Return the option that gives this answer to a question of a column, or of the task."""
    if choice == "drop":
        return f"--drop {field}"
    return f"--task {choice}" if field == "task" else f"--kinds {field}={choice}"
