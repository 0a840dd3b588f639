"""What is asked: one request to one server, and what the answer must say."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.reporting.results import NotMeasured

TIMEOUT = 10.0


@dataclass(frozen=True, kw_only=True)
class Target:
    """A name for the table, where to send what, and how to find the label in the answer."""

    name: str
    url: str
    body: str
    label_of: Callable[[Any], Any]

    def ask(self) -> Any:
        """Send the request once; return the answer's label. Raises `NotMeasured`."""
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url, self.body.encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as reply:
                return self.label_of(json.load(reply))
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise NotMeasured(f"{self.name}: no answer that can be read: {error!r}") from error

    def must_answer(self, label: Any) -> None:
        """Raise `NotMeasured` unless it answers with this label: a wrong answer is quick."""
        answered = self.ask()
        if answered != label:
            raise NotMeasured(f"{self.name} answers {answered!r} where {label!r} is right")


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Ask again and again. Raises `NotMeasured` naming what did not become so in time."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise NotMeasured(f"{what}: not within {seconds:g} s")
        time.sleep(0.01)
