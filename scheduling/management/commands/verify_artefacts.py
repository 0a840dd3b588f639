"""`manage.py verify_artefacts`: compare every file on disk with the database."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Console
from rich.table import Table

from predictions.conf import setting_name
from predictions.management.examples import WithExamples
from scheduling.operations.stored_files import StoredFile, examine_files

WHAT_TO_DO = {
    "missing": "Put it back from a backup; until then what names it cannot be loaded or judged again.",
    "changed": "Somebody changed it after it was registered: it is never loaded. Put it back from a backup.",
    "unreadable": "Let the user of the scheduler and of the web tier read it.",
    "unknown": "No row names it: prune removes what a model left, anything else was put there by somebody.",
}


class Command(WithExamples):
    """Exit codes: 0 all files are as registered, 1 something is wrong."""

    help = f"Compare the files under {setting_name('MEDIA_ROOT')} with the database. Nothing is written."
    examples = (
        "verify_artefacts",
        "verify_artefacts --json",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        counts: Counter[str] = Counter()
        faults = list(_faulty(counts))
        if options["json"]:
            told = {fault: [_values(one) for one in faults if one.fault == fault] for fault in WHAT_TO_DO}
            self.stdout.write(json.dumps({"files": counts.total(), "sound": counts[""]} | told, indent=2))
        elif self.stdout.isatty():
            Console().print(_table(faults))
        else:
            for one in faults:
                self.stdout.write(f"{one.fault}\t{one.path}\t{one.named_by}")
        if not options["json"]:
            self._conclude(counts)
        if faults:
            sys.exit(1)

    def _conclude(self, counts: Counter[str]) -> None:
        """Say how many files there are, and what to do about each kind of fault."""
        self.stdout.write(f"{counts['']:,} of {counts.total():,} files are as they were registered.")
        for fault, remedy in WHAT_TO_DO.items():
            if counts[fault]:
                self.stdout.write(f"{counts[fault]:,} {fault}: {remedy}")


def _faulty(counts: Counter[str]) -> Iterator[StoredFile]:
    """Count all files; keep those with a fault."""
    for one in examine_files():
        counts[one.fault] += 1
        if one.fault:
            yield one


def _values(one: StoredFile) -> dict[str, str]:
    return {"path": one.path, "named_by": one.named_by}


def _table(faults: list[StoredFile]) -> Table:
    table = Table("Fault", f"File under {setting_name('MEDIA_ROOT')}", "Named by")
    for one in faults:
        table.add_row(one.fault, one.path, one.named_by or "no row")
    return table
