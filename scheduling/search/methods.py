"""How parameters are chosen: each method yields trials, a batch at a time, and is sent what came of them.

What is drawn depends on the seed and on the scores alone, never on which task ended first.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scheduling.search.tried import Parameters, Proposal, SearchFailed, Tried, rank

Space = Mapping[str, list[Any]]
Method = Generator[list[Proposal], list[Tried], None]
BATCH = (
    5  # trials that Optuna is asked for before it is told of any of them: the same for any number of workers
)
KEPT = 3  # halving keeps one of three, and gives it three times the rows
FEWEST_ROWS = 200  # of the first step of halving: scores of fewer are mostly chance
MOST_OF_A_GRID = 10_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a method needs to know. `sign` is -1 where a lower score is better."""

    space: Space
    trials: int
    seed: int
    sign: int
    rows: int  # of all folds together


def drawn(plan: Plan) -> list[Proposal]:
    """Return so many different combinations at random, or all where there are fewer."""
    from sklearn.model_selection import ParameterSampler

    with warnings.catch_warnings(action="ignore", category=UserWarning):  # that the grid is smaller
        sampler = ParameterSampler(dict(sorted(plan.space.items())), plan.trials, random_state=plan.seed)
        return _numbered(list(sampler))


def random(plan: Plan) -> Method:
    """Try combinations at random."""
    yield drawn(plan)


def grid(plan: Plan) -> Method:
    """Try every combination. Raises `SearchFailed` for too many."""
    from sklearn.model_selection import ParameterGrid

    every = ParameterGrid(dict(plan.space))
    if len(every) > MOST_OF_A_GRID:
        raise SearchFailed(
            f"The grid has {len(every):,} combinations, and {MOST_OF_A_GRID:,} are the most. "
            "Shorten the lists, or choose the method random."
        )
    yield _numbered(list(every))


def halving(plan: Plan) -> Method:
    """Try many on few rows, and again and again the better third on three times as many, up to all."""
    standing = drawn(plan)
    most = min(len(standing), max(1, plan.rows // FEWEST_ROWS))
    rungs = 1 + int(math.log(most, KEPT) + 1e-9)
    for rung in range(rungs):
        share = float(KEPT) ** (rung + 1 - rungs)
        tried = yield [replace(one, share=share) for one in standing]
        better = sorted(tried, key=lambda one: rank(one, sign=plan.sign), reverse=True)
        kept = [one.proposal for one in better if one.mean is not None]
        standing = sorted(kept[: math.ceil(len(standing) / KEPT)], key=lambda one: one.number)


def optuna(plan: Plan) -> Method:
    """Let Optuna's TPE propose `BATCH` trials at a time. Raises `SearchFailed` where it is not installed."""
    study = _study(plan)
    for first in range(1, plan.trials + 1, BATCH):
        asked = [study.ask() for _ in range(min(BATCH, plan.trials + 1 - first))]
        batch = [
            Proposal(number=first + i, parameters=_suggested(one, plan.space)) for i, one in enumerate(asked)
        ]
        tried = yield batch
        means = {one.proposal.number: one.mean for one in tried}
        for one, proposal in zip(asked, batch, strict=True):
            mean = means.get(proposal.number)
            study.tell(one, mean, state=None if mean is not None else _failed())


def _study(plan: Plan) -> Any:
    try:
        import optuna as library
    except ImportError:
        raise SearchFailed(
            "Optuna is not installed. Install requirements-optuna.txt, or choose another method."
        ) from None
    library.logging.set_verbosity(library.logging.WARNING)
    sampler = library.samplers.TPESampler(
        seed=plan.seed, n_startup_trials=max(BATCH, min(10, plan.trials // 2)), constant_liar=True
    )
    return library.create_study(direction="maximize" if plan.sign > 0 else "minimize", sampler=sampler)


def _failed() -> Any:
    from optuna.trial import TrialState

    return TrialState.FAIL


def _suggested(trial: Any, space: Space) -> Parameters:
    """Let Optuna choose places in the lists: of numbers in their order, so that it learns from neighbours."""
    chosen = {}
    for name, values in sorted(space.items()):
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            values = sorted(values)
            chosen[name] = values[trial.suggest_int(name, 0, len(values) - 1)]
        else:
            chosen[name] = values[trial.suggest_categorical(name, range(len(values)))]
    return chosen


def _numbered(combinations: list[Parameters]) -> list[Proposal]:
    return [Proposal(number=i, parameters=one) for i, one in enumerate(combinations, 1)]


METHODS: dict[str, Callable[[Plan], Method]] = {
    "random": random, "grid": grid, "halving": halving, "optuna": optuna,
}  # fmt: skip
