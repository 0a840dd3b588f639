"""The policies that are played: two yardsticks, the gate's three demands with a few amounts, and today's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scheduling.evidence.provenance import Policy

AMOUNTS = (0.005, 0.01, 0.02)
SHARES = (0.01, 0.02, 0.05)  # of the metric's value, where its unit is that of the target
IN_UNITS_OF_THE_TARGET = ("rmse", "mae", "pinball")
WORSE = {"unless_worse": "unless worse", "not_worse": "shown not to be worse"}  # in words
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
    middle = amounts[len(amounts) // 2]
    asked = [_asking(current, "better", 0.0)]
    asked += [_asking(current, kind, amount) for kind in WORSE for amount in amounts]
    asked.append(_asking(current, "better", middle))
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


def _asking(current: Policy, promote_when: str, amount: float) -> Policy:
    """Return the current policy with another demand, in the metric's own units."""
    least_gain, margin = (amount, 0.0) if promote_when == "better" else (0.0, amount)
    return replace(current, promote_when=promote_when, least_gain=least_gain, margin=margin, relative=False)


def _demand(policy: Policy) -> tuple[str, float, bool]:
    """What the policy asks for: its other amount has no effect, nor has the unit of an amount of 0."""
    amount = policy.least_gain if policy.promote_when == "better" else policy.margin
    return policy.promote_when, amount, bool(amount) and policy.relative


def in_words(policy: Policy) -> str:
    """Return what the policy asks of the comparison, with its amount."""
    promote_when, amount, relative = _demand(policy)
    size = f"{100 * amount:.4g} % of the live version's value" if relative else f"{amount:.4g}"
    if promote_when in WORSE:
        return f"{WORSE[promote_when]} by more than {size}"
    return f"better by at least {size}" if amount else "better"
