"""What can go wrong, as one small family: each error names the field, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_LINES = 20


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One field that is wrong; `row` counts from 0, and is None where the problem is not in one row."""

    field: str
    message: str
    remedy: str = ""
    row: int | None = None
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = self.field if self.row is None else f"{self.field} in row {self.row}"
        return f"{place}: {self.message}" + (f"\n    {self.remedy}" if self.remedy else "")


class DeliveryError(Exception):
    """The base of all. `problems` has every wrong field; `field` and `remedy` are those of the first one."""

    def __init__(
        self, message: str, *, remedy: str = "", field: str = "", problems: Sequence[Problem] = (),
        code: str = "", retry_after: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.message, self.code, self.retry_after = message, code, retry_after
        self.problems = list(problems)
        first = self.problems[0] if self.problems else None
        self.field = field or (first.field if first else "")
        self.own_remedy = remedy
        self.remedy = remedy or (first.remedy if first else "")

    def __str__(self) -> str:
        lines = [self.message, *(f"  {problem}" for problem in self.problems[:MOST_LINES])]
        if len(self.problems) > MOST_LINES:
            lines.append(f"  … and {len(self.problems) - MOST_LINES} more")
        return "\n".join(line for line in [*lines, self.own_remedy] if line)


class Unreachable(DeliveryError):
    """No answer, or not from this program: a wrong address, no network, a broken connection."""


class TimedOut(Unreachable):
    """The server took longer than the client waits."""


class AccessDenied(DeliveryError):
    """The token is missing, wrong or expired, or its user lacks the permission."""


class NotFound(DeliveryError):
    """There is no such model, version or run, or the token's user may not see it."""


class InvalidInput(DeliveryError):
    """Something that was sent is wrong; `problems` says what."""


class TooLarge(InvalidInput):
    """The server does not take so much in one request."""


class Conflict(DeliveryError):
    """The server's state has changed since it was looked at, or does not allow this."""


class TryLater(DeliveryError):
    """The server cannot answer now; `retry_after` is in seconds, if the server said so."""


class ServerFailed(DeliveryError):
    """The server has an error of its own, or what stands in front of it answered."""


class RunFailed(DeliveryError):
    """The run that should have done it ended without a result, and not because of what was sent."""
