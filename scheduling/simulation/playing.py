"""Each policy walks the periods: what it would have promoted, and what the period after says of that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from scheduling.checks.comparison.evaluation_metrics import LEVELS
from scheduling.evidence.outcomes import Outcome
from scheduling.evidence.provenance import Policy
from scheduling.judging.gate import decide
from scheduling.simulation.past import Duel, NoAnswers, Past
from scheduling.simulation.policies import Contender
from scheduling.statistics.comparison.interval import Interval
from scheduling.statistics.comparison.verdict import Verdict, verdict
from scheduling.statistics.metrics.table import METRICS


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What one policy decided in one period. Versions are numbered by the period that made them.

    `then` is the comparison that was decided on; `after` the same two on the next period's rows, None where
    there are none.
    """

    period: int
    candidate: int
    champion: int | None  # None: nothing was live
    promoted: bool
    verdict: Verdict
    then: Duel
    after: Duel | None = None

    @property
    def live(self) -> int:
        return self.candidate if self.promoted or self.champion is None else self.champion

    @property
    def served(self) -> float | None:
        """The metric's value for the version that was live, on the next period's rows."""
        if self.after is None:
            return None
        return self.after.candidate if self.live == self.candidate else self.after.champion

    @property
    def has_hindsight(self) -> bool:
        after = self.after
        return (
            self.champion is not None and after is not None and None not in (after.candidate, after.champion)
        )

    @property
    def is_false_flip(self) -> bool:
        """It was promoted, and was worse in the next period by more than chance."""
        return self.promoted and self._later is not None and self._later.high < 0

    @property
    def is_missed_flip(self) -> bool:
        """It was not promoted, and was better in the next period by more than chance."""
        return not self.promoted and self._later is not None and self._later.low > 0

    @property
    def _later(self) -> Interval | None:
        return self.after.interval if self.after else None


def play(
    past: Past, contenders: Sequence[Contender], *, tell: Callable[[int], None] = lambda period: None
) -> tuple[list[list[Decision]], dict[int, str]]:
    """Return the decisions of each contender, and why a period has no candidate, by its number.

    All walk side by side, so that the rows and answers of two periods are enough in memory. The first
    candidate goes live under each policy.
    """
    paths: list[list[Decision]] = [[] for _ in contenders]
    without: dict[int, str] = {}
    for period in range(past.periods):
        tell(period)
        try:
            past.require_candidate(period)
        except NoAnswers as error:
            without[period] = str(error)
        else:
            for path, contender in zip(paths, contenders, strict=True):
                path.append(_decided(past, contender, period, path[-1].live if path else None))
        past.leave(period, live={path[-1].live for path in paths if path})
    return paths, without


def _decided(past: Past, contender: Contender, period: int, champion: int | None) -> Decision:
    then = past.duel(period, period, champion)
    found = _verdict(contender, then) if champion is not None else Verdict.NO_CHAMPION
    promoted = champion is None or (
        _lets_by(contender, then, found) if contender.policy else contender.promotes_all
    )
    after = past.duel(period + 1, period, champion) if period + 1 < past.periods else None
    return Decision(
        period=period,
        candidate=period,
        champion=champion,
        promoted=promoted,
        verdict=found,
        then=then,
        after=after,
    )


def _verdict(contender: Contender, duel: Duel) -> Verdict:
    """The verdict of the gate by this policy; of a yardstick, by one that asks for nothing."""
    if duel.interval is None:
        return Verdict.CANNOT_TELL
    policy = contender.policy
    if policy is None:
        return verdict(duel.interval, least_gain=0.0, margin=0.0)
    if policy.relative and not duel.champion:
        return Verdict.CANNOT_TELL
    least_gain, margin = policy.amounts(duel.champion or 0.0)
    return verdict(duel.interval, least_gain=least_gain, margin=margin)


def _lets_by(contender: Contender, duel: Duel, found: Verdict) -> bool:
    """Ask the gate itself, as if it promoted automatically."""
    assert contender.policy is not None
    measured = {"tolerated": _is_within_margin(contender.policy, duel)}
    compared = Outcome(level=LEVELS[found], message="", verdict=found, measured=measured)
    outcomes = {"evaluation_metrics": compared}
    if duel.floors:
        outcomes["absolute_floors"] = duel.floors
    policy = replace(contender.policy, approval="automatic")
    return decide(outcomes, required=(), policy=policy).kind == "promoted"


def _is_within_margin(policy: Policy, duel: Duel) -> bool:
    """Whether the measured loss is within the margin. Nobody has looked at the rows of a period before."""
    if duel.interval is None or duel.champion is None or duel.candidate is None:
        return False
    _, margin = policy.amounts(duel.champion)
    return METRICS[policy.primary_metric].sign * (duel.candidate - duel.champion) > -margin
