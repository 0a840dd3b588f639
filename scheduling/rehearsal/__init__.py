"""Candidate and champion behind the real serving path: one server of the same code, on a free loopback port.

What is measured is what would be served, and whatever a version does, it does there.
"""

from scheduling.rehearsal.batch_answers import answers_together
from scheduling.rehearsal.probes import bad_requests, unusual_requests
from scheduling.rehearsal.report import (
    MemoryLimitReached,
    NoAnswer,
    Rehearsal,
    RehearsalFailed,
    Reply,
    ServerCrashed,
    without_words,
)
from scheduling.rehearsal.session import MOST_ROWS, rehearse

__all__ = [
    "MOST_ROWS",
    "MemoryLimitReached",
    "NoAnswer",
    "Rehearsal",
    "RehearsalFailed",
    "Reply",
    "ServerCrashed",
    "answers_together",
    "bad_requests",
    "rehearse",
    "unusual_requests",
    "without_words",
]
