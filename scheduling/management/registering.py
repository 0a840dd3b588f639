"""What the commands that register share: a form out of options and files, its run, and what is told of it."""

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.core.serializers.json import DjangoJSONEncoder
from rest_framework.exceptions import ValidationError
from rich.console import Console, RenderableType

from predictions.api.api_errors import flat_errors
from predictions.contract.fields import InvalidInput
from predictions.management.examples import WithExamples
from scheduling.engine.one_run import finish
from scheduling.management import columns
from scheduling.management.arguments import CANNOT
from scheduling.models import Run
from scheduling.registering.askers import Asker
from scheduling.registering.standing import NameTaken, NotRegisteredYet
from scheduling.replay.report import show, table
from scheduling.runs.parcels import FileTooLarge, NotStored, Parcel
from scheduling.views.registering.answering import valid
from scheduling.views.registering.forms import FileForm

CHUNK = 2**20
NOT_LIVE = 1
INTERRUPTED = 130
OPTION_OF = {"output": "--label", "file": "the file"}


class RegisteringCommand(WithExamples):
    """Exit codes: 0 done, and a model that was given is live; 1 it is registered, not live; 2 refused."""

    def finished(self, run: Run | None) -> Run | None:
        """Wait for the run, with its steps on a terminal. Raises `CommandError` where it failed."""
        if run is None:
            return None
        try:
            with Console(stderr=True).status(f"{run}") as status:
                finish(run, tell=lambda step: status.update(f"{run}: {step or 'starting'}"))
        except KeyboardInterrupt:
            said = f"Interrupted. What became of {run} is in the admin."
            raise CommandError(said, returncode=INTERRUPTED) from None
        if run.errors:
            raise_errors(run.errors)
        if run.status != Run.Status.FINISHED:
            raise CommandError(f"{run} {run.status}. {run.reason}", returncode=CANNOT)
        return run

    def tell(
        self, told: dict[str, Any], *, as_json: bool, parts: Callable[[], Iterator[RenderableType]]
    ) -> None:
        """Print what is there now, as JSON or for people; exit with 1 if a version is not live."""
        if as_json:
            self.stdout.write(json.dumps(told, indent=2, cls=DjangoJSONEncoder, ensure_ascii=False))
        else:
            show(parts(), self.stdout)
        if told.get("version") and told["decision"] != Run.Decision.PROMOTED:
            sys.exit(NOT_LIVE)


def asker() -> Asker:
    """Return who uses this shell."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container need not know who it runs as
        name = "somebody"
    return Asker(by=name, trigger=Run.Trigger.COMMAND)


@contextmanager
def refusing() -> Iterator[None]:
    """Raise `CommandError` that names the option for what is wrong with it."""
    try:
        yield
    except InvalidInput as error:
        raise_errors([one.as_dict() for one in error.errors])
    except ValidationError as error:
        raise_errors(list(flat_errors(error.detail)))
    except (NameTaken, NotRegisteredYet, NotStored, FileTooLarge) as error:
        raise CommandError(str(error), returncode=CANNOT) from None


def raise_errors(errors: list[dict[str, Any]]) -> None:
    """Raise `CommandError` with a line for each."""
    lines = [f"{_option(one['field'])}: {_said(one)}" for one in errors]
    raise CommandError("\n".join(["Nothing was registered.", *lines]), returncode=CANNOT)


def _said(error: dict[str, Any]) -> str:
    """Return what is wrong, and each choice by its option."""
    message = error["message"].partition(" Answer with ")[0]  # what follows are the fields of REST
    if ways := [columns.answer(error["field"], choice) for choice in error.get("choices", [])]:
        return f"{message} Answer with {' or '.join(ways)}."
    return f"{message.rstrip('.')}."


def _option(field: str) -> str:
    known = ("training", "evaluation", "model", "task", "positive", "time", "group", "drop", *columns.OPTIONS)
    given = f"--{field.replace('_', '-')}" if field in (*known, "trained_on", "role") else field
    return OPTION_OF.get(field, given)


def filled(form: type[FileForm], sent: Parcel, files: dict[str, str], **fields: Any) -> dict[str, Any]:
    """Put the files into the parcel and return what the form accepted of the other fields."""
    given = {name: value for name, value in fields.items() if value not in (None, [], {})}
    accepted = valid(form, given | dict.fromkeys([name for name, path in files.items() if path], True))
    for name, path in files.items():
        if path:
            keep(sent, name, Path(path))
    return accepted


def keep(sent: Parcel, name: str, path: Path) -> None:
    """Copy a file into the parcel. Raises `CommandError` for one that cannot be read."""
    try:
        with path.open("rb") as file:
            sent.keep(name, iter(lambda: file.read(CHUNK), b""), filename=path.name)
    except OSError as error:
        raise CommandError(f"{_option(name)}: {path}: {error.strerror}.", returncode=CANNOT) from None


def parts_of_model(told: dict[str, Any]) -> Iterator[RenderableType]:
    """Yield the signature as a table, then the notes, and what was decided."""
    signature = told["signature"]
    rows = ((one["name"], one["kind"], _limits(one), "yes" if one["required"] else "no", str(one["example"]))
            for one in signature["features"])  # fmt: skip
    yield table("feature", "kind", "limits", "required", "example", rows=rows)
    labels = ", ".join(map(str, signature["labels"])) or "a number"
    yield f"{told['model']} predicts {signature['output']} ({signature['task']}): {labels}"
    yield from (f"- {note}" for note in told["notes"])
    yield told["reason"]
    if told["evidence"]:
        yield f"Version {told['version']}. Evidence: {told['evidence']}"


def _limits(feature: dict[str, Any]) -> str:
    signs = {"minimum": ">=", "exclusive_minimum": ">", "maximum": "<=", "exclusive_maximum": "<"}
    bounds = [f"{sign} {feature[name]:g}" for name, sign in signs.items() if name in feature]
    return ", ".join(feature.get("categories", bounds))
