"""`manage.py status`: the overview in a terminal, and an exit code for scripts."""

import json
import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser
from rich.console import RenderableType

from predictions.management.examples import WithExamples
from predictions.models.people.accounts import Everybody
from predictions.zone import plain_minute, with_zone
from scheduling.pages.cards.card import Card
from scheduling.pages.overview import Overview, overview
from scheduling.replay.report import show, table


class Command(WithExamples):
    """Whoever runs it reads the database anyway, so it shows all models."""

    help = (
        "Print what is live, since when, whether it is well, and what needs a person. In a pipe a model is "
        "a line with tabs. Exit codes: 0 all is well, 1 something needs a person."
    )
    examples = ("status", "status --json", "status > /dev/null || echo 'something needs a person'")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = overview(Everybody())
        self._tell(found, as_json=options["json"])
        if found.needs:
            sys.exit(1)

    def _tell(self, found: Overview, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(as_values(found), indent=2))
        elif self.stdout.isatty():
            show(_as_table(found), self.stdout)
        else:
            self.stdout.writelines("\t".join(line) + "\n" for line in _lines(found))


def as_values(found: Overview) -> dict[str, Any]:
    """Return the overview for programs; `state` is well, look, not-well or nothing-live."""
    return {
        "scheduler": {"running": found.scheduler.running, "sentence": found.scheduler.sentence},
        "models": [_values(card) for card in found.cards],
        "needs": [{"who": need.who, "what": need.what} for need in found.needs],
    }


def _values(card: Card) -> dict[str, Any]:
    live = card.live
    return {
        "model": card.model.name, "state": card.word.slug, "why": card.why,
        "live": live.version.label if live else None, "since": live.at.isoformat() if live else None,
        "by": live.by if live else None, "reason": live.reason if live else None,
        "held": card.model.is_held, "requests_24h": card.traffic.requests if card.traffic else 0,
        "last_verdict": card.decision or None, "last_run": card.last.pk if card.last else None,
        "next_run": card.next_run[0].isoformat() if card.next_run else None,
    }  # fmt: skip


def _cells(card: Card) -> tuple[str, ...]:
    since = plain_minute(card.live.at) if card.live else "–"
    live = card.live.version.label if card.live else "–"
    due = f"{card.next_run[1]} {plain_minute(card.next_run[0])}" if card.next_run else "–"
    state = f"{card.word.shape} {card.word.text}{', promotion paused' if card.model.is_held else ''}"
    return card.model.name, state, live, since, card.decision or "–", due


def _lines(found: Overview) -> Iterator[tuple[str, ...]]:
    yield from (("model", *_cells(card)) for card in found.cards)
    yield from (("needs", need.who, need.what) for need in found.needs)


def _as_table(found: Overview) -> Iterator[RenderableType]:
    if found.is_empty:
        yield "There is no model yet. Bring one: manage.py register_model --help"
        return
    headings = ("model", "state", "live", with_zone("since"), "last verdict", with_zone("next run"))
    yield table(*headings, rows=map(_cells, found.cards))
    yield from (f"{need.who}: {need.what}" for need in found.needs)
    if not found.needs:
        yield "✓ Nothing needs you."
