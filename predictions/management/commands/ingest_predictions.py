"""`manage.py ingest_predictions`: bring the workers' prediction logs into the database, until stopped."""

import logging
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import Error, close_old_connections

from predictions import database
from predictions.conf import config, setting_name
from predictions.contract.numbers import counted
from predictions.log.ingester import Ingester
from predictions.log.segments import UNFINISHED
from predictions.management.examples import WithExamples

log = logging.getLogger("predictions.log.ingester")
POLL_SECONDS = 0.5
TELL_SECONDS = 60.0
TIDY_SECONDS = ABANDONED_SECONDS = 3600.0


class Command(WithExamples):
    """Exit codes: 0 stopped cleanly, 1 fault, 75 with `--once` where another ingester is at work."""

    help = "Bring the prediction log into the database. Several can run: one works, the others stand by."
    examples = ("ingest_predictions --once",)
    requires_system_checks: list[str] = []  # they would import every view

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Ingest what is there, then stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["once"]:
                sys.exit(self._once())
            ingesting = Ingesting(config.SPOOL_DIR)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: ingesting.ingester.stopped.set())
            ingesting.run()
        except OSError as error:
            raise CommandError(f"{setting_name('SPOOL_DIR')} cannot be used: {error}") from None

    def _once(self) -> int:
        ingester = Ingester(config.SPOOL_DIR)
        if not ingester.lead():
            self.stderr.write("Another ingester is at work in this folder.")
            return 75
        try:
            ingester.step()
        except Error as error:
            raise CommandError(f"The database cannot be reached: {error}") from None
        finally:
            ingester.close()
        self.stdout.write(
            f"{counted(ingester.rows, 'prediction')} ingested, "
            f"{counted(ingester.rejected.lines, 'line')} rejected."
        )
        return 0


class Ingesting:
    """One process that ingests a folder until it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.ingester = Ingester(folder)
        self._folder = folder
        self._leads: bool | None = None  # None: not known yet
        self._problem = ""
        self._told = (0, 0)
        self._told_at = self._tidied_at = -TIDY_SECONDS

    def run(self) -> None:
        """Work until `ingester.stopped`. Raises `OSError` where the folder cannot be used at all."""
        log.info("ingesting %s", self._folder)
        while not self.ingester.stopped.is_set():
            leads = self.ingester.lead()
            if leads != self._leads:
                standing_by = "standing by: another ingester is at work"
                log.info("this ingester is at work now" if leads else standing_by)
            self._leads = leads
            rows = self._guarded_step() if leads else 0
            if not rows:
                self.ingester.stopped.wait(POLL_SECONDS)
        self._tell()
        log.info("stopped")

    def _guarded_step(self) -> int:
        try:
            close_old_connections()
            rows = self.ingester.step()
            if time.monotonic() - self._tidied_at > TIDY_SECONDS:
                tidy(self._folder, days=config.PREDICTION_RETENTION_DAYS)
                self._tidied_at = time.monotonic()
        except Error as error:
            problem = str(error).partition("\n")[0]
            if problem != self._problem:
                log.warning("the database cannot be reached, predictions wait in their files: %s", problem)
            self._problem = problem
            database.close()
            return 0
        if self._problem:
            log.info("the database can be reached again")
        self._problem = ""
        if time.monotonic() - self._told_at > TELL_SECONDS:
            self._tell()
        return rows

    def _tell(self) -> None:
        done = (self.ingester.rows, self.ingester.rejected.lines)
        rows, rejected = done[0] - self._told[0], done[1] - self._told[1]
        if rows or rejected:
            log.info("%s predictions ingested, %s lines rejected", rows, rejected)
        self._told, self._told_at = done, time.monotonic()


def tidy(folder: Path, *, days: int) -> None:
    """Remove rejected lines older than this, and what killed processes left half made."""
    _remove(folder / "rejected", "*", older_than=days * 86400.0)
    _remove(folder, f"*{UNFINISHED}", older_than=ABANDONED_SECONDS)
    _remove(folder, "*.draft", older_than=ABANDONED_SECONDS)
    for position in folder.glob("*.position"):
        if not position.with_suffix(".jsonl").exists():
            position.unlink(missing_ok=True)


def _remove(folder: Path, pattern: str, *, older_than: float) -> None:
    """What vanishes meanwhile, or cannot be removed, must not end the ingester."""
    latest = time.time() - older_than
    with suppress(FileNotFoundError):  # the folder
        for path in folder.glob(pattern):
            with suppress(OSError):
                if path.stat().st_mtime < latest:
                    path.unlink()
