"""The policies that are played: two yardsticks, the gate's two demands with a few amounts, and today's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scheduling.evidence.provenance import Policy

AMOUNTS = (0.005, 0.01, 0.02)
SHARES = (0.01, 0.02, 0.05)  # of the metric's value, where its unit is that of the target
IN_UNITS_OF_THE_TARGET = ("rmse", "mae", "pinball")
SETTINGS = ("promote_when", "least_gain", "margin", "relative")


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A way to decide. Without a policy it is a yardstick, which promotes each candidate or none."""

    words: str
    policy: Policy | None = None
    promotes_all: bool = False
    is_current: bool = False

    @property
    def settings(self) -> dict[str, Any]:
        """What to enter in the gate policy; empty for a yardstick."""
        return {name: getattr(self.policy, name) for name in SETTINGS} if self.policy else {}


YARDSTICKS = (
    Contender(words="always promote", promotes_all=True),
    Contender(words="never promote"),
)


def contenders_of(
    current: Policy, amounts: Sequence[float], *, default: Policy | None = None
) -> list[Contender]:
    """Return the yardsticks, then policies, each once: the program's default, then the simpler ones first."""
    asked = [_better(current, 0.0)]
    asked += [_not_worse(current, amount) for amount in amounts]
    asked += [_better(current, amount) for amount in amounts]
    if not any(_demand(current) == _demand(policy) for policy in asked):
        asked.append(current)
    if default:
        asked.sort(key=lambda policy: _demand(policy) != _demand(default))
    return [*YARDSTICKS, *_described(asked, current)]


def amounts_for(metric: str, value: float) -> list[float]:
    """Return margins and least gains to try, in the metric's own units; `value` is a typical one of it."""
    if metric not in IN_UNITS_OF_THE_TARGET or not value:
        return list(AMOUNTS)
    return [float(f"{share * abs(value):.1g}") for share in SHARES]


def _described(asked: Iterable[Policy], current: Policy) -> Iterable[Contender]:
    for policy in asked:
        same = _demand(policy) == _demand(current)
        yield Contender(words=in_words(policy), policy=current if same else policy, is_current=same)


def _better(current: Policy, amount: float) -> Policy:
    return replace(current, promote_when="better", least_gain=amount, margin=0.0, relative=False)


def _not_worse(current: Policy, amount: float) -> Policy:
    return replace(current, promote_when="not_worse", least_gain=0.0, margin=amount, relative=False)


def _demand(policy: Policy) -> tuple[str, float, bool]:
    """What the policy asks for: its other amount has no effect, nor has the unit of an amount of 0."""
    amount = policy.margin if policy.promote_when == "not_worse" else policy.least_gain
    return policy.promote_when, amount, bool(amount) and policy.relative


def in_words(policy: Policy) -> str:
    """Return what the policy asks of the comparison, with its amount."""
    promote_when, amount, relative = _demand(policy)
    size = f"{amount:.4g}" if not relative else f"{amount:.2%} of the champion's value"
    if promote_when == "not_worse":
        return f"not worse by more than {size}"
    return f"better by at least {size}" if amount else "better"
