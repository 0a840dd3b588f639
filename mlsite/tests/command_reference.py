"""`docs/commands.md`, written from the commands themselves: `python -m mlsite.tests.command_reference`."""

from __future__ import annotations

from argparse import SUPPRESS, Action
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "commands.md"
APPS = ("predictions", "scheduling")
OPENING = """# Commands

After this page you know each command of the two apps with its options. Each says the same when called with
`--help`. `make reference` writes the page from the commands themselves.
"""
STARTED_BY_THE_SCHEDULER = {"runjob", "runlook", "runnotify", "runwatch"}


def reference() -> str:
    """Return the page as it should be."""
    from django.core.management import get_commands, load_command_class

    ours = sorted((name, app) for name, app in get_commands().items() if app in APPS)
    commands = [
        (name, load_command_class(app, name)) for name, app in ours if name not in STARTED_BY_THE_SCHEDULER
    ]
    parts = ["\n".join(_command(name, command)) for name, command in commands]
    return "\n".join([OPENING, *parts, *_children()])


def _command(name, command) -> Iterator[str]:
    parser = command.create_parser("manage.py", name)
    yield f"## `{name}`\n\n{command.help}\n"
    if examples := getattr(command, "examples", ()):
        yield "\n".join(["```sh", *(f".venv/bin/python manage.py {one}" for one in examples), "```\n"])
    shared = {"help", *(action.dest for action in _shared())}
    if own := [action for action in parser._actions if action.dest not in shared]:
        yield "\n".join(["| option | |", "|---|---|", *map(_row, own), ""])


def _shared() -> list[Action]:
    from django.core.management.base import BaseCommand

    return BaseCommand().create_parser("manage.py", "")._actions


def _row(action: Action) -> str:
    value = action.metavar or (action.nargs != 0 and action.option_strings and action.dest.upper()) or ""
    names = ", ".join(f"`{f'{name} {value}'.strip()}`" for name in action.option_strings or [action.dest])
    told = action.help % vars(action) if action.help and action.help is not SUPPRESS else ""
    choices = f" One of {', '.join(f'`{one}`' for one in action.choices)}." if action.choices else ""
    return f"| {names} | {(told + choices).replace('|', '/')} |"


def _children() -> Iterator[str]:
    names = ", ".join(f"`{name}`" for name in sorted(STARTED_BY_THE_SCHEDULER))
    yield f"## Started by the scheduler\n\n{names}: nobody need call them. Each does one thing and ends.\n"


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlsite.settings")
    django.setup()
    PAGE.write_text(reference())
