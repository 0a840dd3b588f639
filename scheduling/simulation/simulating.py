"""Play a model's past under several policies, and report what hindsight says of each."""

from collections.abc import Callable, Sequence

import numpy as np

from predictions.models import RegisteredModel
from scheduling.models import GatePolicy
from scheduling.simulation.advice import Ranking, advise
from scheduling.simulation.past import NoAnswers, Past
from scheduling.simulation.playing import Decision, play
from scheduling.simulation.policies import IN_UNITS_OF_THE_TARGET, amounts_for, contenders_of
from scheduling.simulation.registered_past import (
    NothingToPlay,
    Question,
    RegisteredPast,
    open_past,
)
from scheduling.simulation.report.schema import PeriodRow, Played, Report, Step
from scheduling.simulation.summary import flips_of, mean_of, regrets_of
from scheduling.statistics.metrics.table import METRICS


def simulate(
    model: RegisteredModel, question: Question, *, tell: Callable[[str], None] = lambda step: None
) -> Report:
    """Play and report. Reads only, and keeps no version that it fits. `tell` hears each step.

    1. Find the periods and their candidates. 2. Walk each policy through them. 3. Compare what each left live
    with the best at hand in the period after. 4. Say which policy that speaks for. Raises `NothingToPlay`.
    """
    tell("reading the evaluation sets")
    opened = open_past(model, question)
    past, step = opened.past, f"playing period {{}} of {len(opened.periods)}"
    amounts = sorted({*(question.amounts or amounts_for(past.policy.primary_metric, _typical_value(past)))})
    default = GatePolicy.objects.default_of(model).for_the_gate
    contenders = contenders_of(past.policy, amounts, default=default)
    paths, without = play(past, contenders, tell=lambda period: tell(step.format(period + 1)))
    if not any(paths):
        raise NothingToPlay(f"No period of {model} has a candidate. {next(iter(without.values()))}")
    seen, regrets = regrets_of(paths, sign=METRICS[past.policy.primary_metric].sign)
    return _report(opened, without, paths, Ranking(contenders, regrets), seen)


def _typical_value(past: Past) -> float:
    """The metric of the first candidate, where margins are made from it."""
    for period in range(past.periods if past.policy.primary_metric in IN_UNITS_OF_THE_TARGET else 0):
        try:
            past.require_candidate(period)
        except NoAnswers:
            continue
        return past.duel(period, period, None).candidate or 0.0
    return 0.0


def _report(
    opened: RegisteredPast,
    without: dict[int, str],
    paths: Sequence[Sequence[Decision]],
    ranking: Ranking,
    seen: Sequence[int],
) -> Report:
    metric = METRICS[opened.past.policy.primary_metric]
    advice, chosen = advise(ranking, metric.name, periods=len(opened.periods))
    played = [_played(ranking, i, path, seen, is_chosen=i == chosen) for i, path in enumerate(paths)]
    return Report(
        model=opened.model.name,
        metric=metric.name,
        greater_is_better=metric.greater_is_better,
        candidates=opened.kind,
        periods=[_period(opened, i, without.get(i, "")) for i in range(len(opened.periods))],
        left_out=opened.left_out,
        hindsight=len(seen),
        level=ranking.level,
        policies=played,
        advice=advice,
    )


def _period(opened: RegisteredPast, number: int, problem: str) -> PeriodRow:
    period = opened.periods[number]
    return PeriodRow(
        evaluation=period.evaluation.pk,
        rows=period.evaluation.rows,
        registered_at=period.evaluation.created_at.isoformat(),
        training=period.training.pk if period.training else None,
        candidate="" if problem else opened.candidates.name(number),
        problem=problem,
    )


def _played(
    ranking: Ranking, number: int, path: Sequence[Decision], seen: Sequence[int], *, is_chosen: bool
) -> Played:
    """What one policy did; `seen` are the periods with hindsight, which the regrets are of."""
    contender, regrets = ranking.contenders[number], ranking.regrets[number]
    lost = dict(zip(seen, regrets.tolist(), strict=True))
    false_flips, missed_flips = flips_of(path)
    served = [one.served for one in path if one.period in lost and one.served is not None]
    return Played(
        words=contender.words,
        settings=contender.settings,
        is_current=contender.is_current,
        is_recommended=is_chosen,
        steps=[_step(one, lost.get(one.period)) for one in path],
        promotions=sum(one.promoted for one in path),
        served=float(np.mean(served)) if served else None,
        regret=mean_of(regrets, least=0.0),
        false_flips=false_flips,
        missed_flips=missed_flips,
        behind=ranking.behind(number),
    )


def _step(decision: Decision, regret: float | None) -> Step:
    flip = "false" if decision.is_false_flip else "missed" if decision.is_missed_flip else ""
    return Step(
        period=decision.period + 1,
        promoted=decision.promoted,
        verdict=str(decision.verdict),
        regret=regret,
        flip=flip,
    )
