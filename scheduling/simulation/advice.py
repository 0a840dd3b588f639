"""Which policy the past speaks for, and whether it is long enough to say so.

A policy is compared with the best one by its regrets in the same periods. As the best is chosen among several
by the same numbers, the chance to advise a change where none is better is shared among them (Bonferroni).
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from scipy import stats

from scheduling.simulation.policies import Contender
from scheduling.simulation.report.schema import Advice, Estimate
from scheduling.simulation.summary import mean_of

LEAST_PERIODS = 5  # with hindsight
MISTAKEN = 0.05  # of pasts in which no policy is better: so many may advise another one, at most
LONGEST = 1000  # periods: to need more is to never know
ROUNDING = 12  # digits: regrets are differences


class Ranking:
    """Regrets of all contenders, (contenders, periods), and how far each lies behind the best policy."""

    def __init__(self, contenders: Sequence[Contender], regrets: np.ndarray) -> None:
        self.contenders, self.regrets = contenders, regrets.round(ROUNDING)
        self.periods = regrets.shape[1]
        of_the_gate = [i for i, one in enumerate(contenders) if one.policy]
        self.current = next(i for i in of_the_gate if contenders[i].is_current)
        lost = self.regrets.sum(axis=1)
        # Of equals today's, and then the simplest, which comes first.
        self.best = min(of_the_gate, key=lambda i: (lost[i], i != self.current, i))
        others = len({tuple(row) for row in self.regrets.tolist()}) - 1  # whose paths differ
        self.level = 1 - 2 * MISTAKEN / max(1, others)

    def behind(self, i: int) -> Estimate | None:
        """How much more one lost in a period than the best, paired; None where the two lost the same."""
        more = self.regrets[i] - self.regrets[self.best]
        return mean_of(more, level=self.level) if more.any() else None

    def is_worse(self, i: int) -> bool:
        """Whether it lost more than the best by more than chance."""
        behind = self.behind(i)
        return behind is not None and behind.low is not None and behind.low > 0

    def periods_to_settle(self, i: int) -> int | None:
        """How many periods like these would tell one from the best; None where no number does."""
        more = self.regrets[i] - self.regrets[self.best]
        mean, spread = float(more.mean()), float(more.std(ddof=1))
        for n in range(self.periods, LONGEST if mean > 0 else 0):
            if float(stats.t.ppf((1 + self.level) / 2, n - 1)) * spread / math.sqrt(n) < mean:
                return n
        return None


def advise(ranking: Ranking, metric: str, *, periods: int) -> tuple[Advice, int | None]:
    """Return the advice, and which contender it is for: None where the past is too short.

    `periods` counts all: the first has no champion, and the last no period after it.
    """
    n, current = ranking.periods, ranking.current
    if n < LEAST_PERIODS:
        more = max(LEAST_PERIODS - n, LEAST_PERIODS + 2 - periods)
        why = (
            f"The past is too short to tell: a later period can judge {_decisions(n)}, and at least "
            f"{LEAST_PERIODS} are needed. It takes {_more_sets(more)}."
        )
        return Advice(kind="too_short", sentences=[why], more=more), None
    if ranking.is_worse(current):
        chosen = next(i for i, one in enumerate(ranking.contenders) if one.policy and not ranking.is_worse(i))
        said = [*_change(ranking, chosen, metric), *_yardsticks(ranking)]
        return Advice(kind="change", sentences=said), chosen
    if current == ranking.best or any(map(ranking.is_worse, range(len(ranking.contenders)))):
        return Advice(kind="keep", sentences=[_keep(ranking, metric), *_yardsticks(ranking)]), current
    return _cannot_tell(ranking, metric), None


def _change(ranking: Ranking, chosen: int, metric: str) -> Iterator[str]:
    """Name the policy, what it saves, and what to enter."""
    today, behind = ranking.contenders[ranking.current].words, ranking.behind(ranking.current)
    assert behind is not None
    asked = ranking.contenders[chosen]
    yield f"Change the policy to “{asked.words}”: {_settings(asked)}."
    yield (
        f"Today's, “{today}”, lost {_size(behind.mean)} of {metric} more in each period than the best of "
        f"these ({_between(behind)})."
    )
    if chosen != ranking.best:
        best = ranking.contenders[ranking.best].words
        yield f"“{best}” lost least, but that can be chance, and the one above is simpler."


def _keep(ranking: Ranking, metric: str) -> str:
    today, behind = ranking.contenders[ranking.current].words, ranking.behind(ranking.current)
    if behind is None:
        return f"Keep today's policy, “{today}”: none lost less in {_decisions(ranking.periods)}."
    best = ranking.contenders[ranking.best].words
    return (
        f"Keep today's policy, “{today}”: “{best}” lost {_size(behind.mean)} of {metric} less in each "
        f"period, but that can be chance ({_between(behind)})."
    )


def _cannot_tell(ranking: Ranking, metric: str) -> Advice:
    needed = ranking.periods_to_settle(ranking.current)
    more = None if needed is None else max(1, needed - ranking.periods)
    said = ["The past is too short to tell one policy from another.", _keep(ranking, metric)]
    if more:
        said.append(f"If it goes on like this, {_more_sets(more)} would settle it.")
    return Advice(kind="too_short", sentences=said, more=more)


def _yardsticks(ranking: Ranking) -> Iterator[str]:
    """Say so where no policy would have been better than the best of these."""
    for i, one in enumerate(ranking.contenders):
        behind = ranking.behind(i)
        if one.policy or behind is None or behind.high is None or behind.high >= 0:
            continue
        remedy = "try larger margins" if one.promotes_all else "find out why newer versions are worse"
        yield f"To {one.words} would have lost less than any policy here: {remedy}."


def _settings(contender: Contender) -> str:
    """The fields of the gate policy that have an effect."""
    fields = contender.settings
    used = "least_gain" if fields["promote_when"] == "better" else "margin"
    relative = ", relative yes" if fields["relative"] else ", relative no"
    return f"promote when {fields['promote_when']}, {used.replace('_', ' ')} {fields[used]:g}{relative}"


def _decisions(count: int) -> str:
    return "1 decision" if count == 1 else f"{count} decisions"


def _more_sets(count: int) -> str:
    return "1 more evaluation set" if count == 1 else f"{count} more evaluation sets"


def _size(value: float) -> str:
    return f"{value:.2g}"


def _between(found: Estimate) -> str:
    return f"between {found.low:.2g} and {found.high:.2g}"
