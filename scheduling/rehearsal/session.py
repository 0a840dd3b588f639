"""One rehearsal: candidate and champion in one server, asked in turns."""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion
from scheduling.evidence.rehearsed import MOST_ROWS, Rehearsal, RehearsalFailed, Reply
from scheduling.rehearsal.server import Server, serve

WARM_UP_REQUESTS = 5
SEED = 0
LEAST_REQUESTS = 200  # rows of a smaller set are sent again, until there are so many …
REPEAT_SECONDS = 20.0  # … or this time is over
MOST_FEATURES = 50  # that are probed, evenly spaced; a wide table has hundreds of the same kind
NOT_A_NUMBER = float("nan")  # written as NaN, which clients do send though JSON has none
UNHEARD_OF = "never-seen-before"

Rows = Mapping[int, tuple[Any, ...]]  # those that are sent, by their position among the judged rows


def rehearse(
    candidate: ModelVersion,
    rows: Rows,
    *,
    champion: ModelVersion | None = None,
    champion_rows: Rows | None = None,
) -> Rehearsal:
    """Send both the rows that `drawn` chose, in turns; then bad and unusual ones. Raises `RehearsalFailed`.

    Each gets the columns of its own signature. If the champion fails, the candidate is rehearsed alone.
    """
    if champion is None or champion.pk == candidate.pk:
        return _session([Player.of(candidate, rows)])
    try:
        return _session([Player.of(candidate, rows), Player.of(champion, champion_rows or {})])
    except RehearsalFailed as error:
        if error.version_id != champion.pk:
            raise
        alone = _session([Player.of(candidate, rows)])
        return replace(alone, champion_failed=str(error), champion_words=error.words)


@dataclass(kw_only=True)
class Player:
    """One version, the requests for it, and its answers so far."""

    version: ModelVersion
    bodies: dict[int, dict[str, Any]]
    load_seconds: float = 0.0
    memory_mb: float = 0.0
    replies: dict[int, Reply] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    unsteady: int = 0

    @classmethod
    def of(cls, version: ModelVersion, rows: Rows) -> Self:
        spec = version.signature.spec()
        written = [dict(zip(spec.names, row, strict=True)) for row in spec.written(list(rows.values()))]
        bodies = dict(zip(rows, written, strict=True))
        return cls(version=version, bodies=bodies)

    def play(self, server: Server, row: int) -> None:
        reply = server.ask(self.version, self.bodies[row], row=row)
        self.seconds.append(reply.seconds)
        first = self.replies.setdefault(row, reply)
        self.unsteady += (reply.status, reply.body) != (first.status, first.body)

    def report(self, server: Server) -> Rehearsal:
        spec = self.version.signature.spec()
        return Rehearsal(
            rows=list(self.replies),
            replies=list(self.replies.values()),
            together=server.ask_together(self.version, [self.bodies[row] for row in self.replies]),
            seconds=self.seconds,
            unsteady=self.unsteady,
            refusals={name: server.ask(self.version, body) for name, body in bad_requests(spec).items()},
            unusual={name: server.ask(self.version, body) for name, body in unusual_requests(spec).items()},
            load_seconds=self.load_seconds,
            memory_mb=self.memory_mb,
            server_mb=server.memory_mb(),
        )


def _session(players: list[Player]) -> Rehearsal:
    """Play all rounds; return the first player's report, with the second's in it."""
    rows = list(players[0].bodies)
    with serve([player.version for player in players]) as server:
        for player in reversed(players):  # the champion first: it pays what only a first load costs
            player.load_seconds, player.memory_mb = server.load(player.version)
        for row in rows[:WARM_UP_REQUESTS]:
            for player in players:
                server.ask(player.version, player.bodies[row], row=row)
        started, turn = time.monotonic(), 0
        while rows and (not turn or (turn < LEAST_REQUESTS and time.monotonic() - started < REPEAT_SECONDS)):
            for row in rows:  # A B, B A, A B, …: what slows the machine slows both
                for player in players if turn % 2 == 0 else reversed(players):
                    player.play(server, row)
                turn += 1
        candidate, *others = [player.report(server) for player in players]
    return replace(candidate, champion=others[0] if others else None)


def drawn(count: int) -> list[int]:
    """Return the rows to send, in their order: all, or `MOST_ROWS` of them."""
    if count <= MOST_ROWS:
        return list(range(count))
    return sorted(random.Random(SEED).sample(range(count), MOST_ROWS))


def bad_requests(spec: SignatureSpec) -> dict[str, dict[str, Any]]:
    """Return requests that the signature must refuse, by what is wrong with them."""
    bad: dict[str, dict[str, Any]] = {}
    if any(feature.required for feature in spec.features):
        bad["no field at all"] = {}
    for feature in _probed(spec):
        others = {key: value for key, value in spec.example.items() if key != feature.name}
        if feature.required:
            bad[f"{feature.name} missing"] = others
        values: dict[str, Any] = {"of another type": 5 if feature.kind.is_text else "rubbish"}
        if feature.kind.has_bounds:
            values["not a number"] = NOT_A_NUMBER
        if feature.kind is Kind.CATEGORY:
            values["of an unknown category"] = UNHEARD_OF
        bad |= {f"{feature.name} {what}": others | {feature.name: value} for what, value in values.items()}
    return bad


def unusual_requests(spec: SignatureSpec) -> dict[str, dict[str, Any]]:
    """Return requests that the signature accepts, but that training may not have had."""
    unusual = {}
    for feature in _probed(spec):
        if not feature.required:
            unusual[f"{feature.name} left out"] = spec.example | {feature.name: None}
        if feature.kind is Kind.TEXT:
            unusual[f"{feature.name} with an unknown text"] = spec.example | {feature.name: UNHEARD_OF}
    return unusual


def _probed(spec: SignatureSpec) -> tuple[FeatureSpec, ...]:
    return spec.features[:: -(-len(spec.features) // MOST_FEATURES)]
