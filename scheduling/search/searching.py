"""From a pipeline, lists of values and rows to the best parameters."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from predictions.contract.numbers import counted
from predictions.contract.parameter_names import refusal_of
from scheduling.search.batches import Batch
from scheduling.search.folds import write
from scheduling.search.methods import METHODS, Plan, Space
from scheduling.search.pools import Pool, opened
from scheduling.search.rows import Rows, RowsFile
from scheduling.search.tasks import FoldTask, sealed
from scheduling.search.tried import Found, Proposal, Report, SearchFailed, Tried, best_of
from scheduling.statistics.metrics.scored import Options
from scheduling.statistics.metrics.table import METRICS

FILE = "search.parquet"


def search(
    estimator: Any,
    parameters: Space,
    rows: Rows,
    *,
    method: str,
    trials: int,
    seconds: float,
    folds: int,
    seed: int,
    metric: str,
    options: Options,
    folder: Path,
    report: Report,
) -> Found:
    """Try parameters of an unfitted estimator, tell each trial to `report`, and return the best.

    The same seed gives the same trials and scores, whatever the number of workers, unless the time runs out:
    after `seconds` no new trial begins. `folder` is the run's own; workers of other hosts must see it.
    Raises `SearchFailed`: a parameter that does not exist, too few rows, a cluster away, no trial that ended
    well.
    """
    _refuse_unknown(estimator, parameters)
    until = time.monotonic() + seconds
    plan = Plan(space=parameters, trials=trials, seed=seed, sign=METRICS[metric].sign, rows=len(rows.target))
    file = write(rows, folder / FILE, folds=folds, seed=seed)
    content = sealed(seeded(estimator, seed))
    task = partial(FoldTask, rows=file, estimator=content, metric=metric, options=options)
    tried: dict[int, Tried] = {}

    def ended(one: Tried) -> None:
        tried[one.proposal.number] = one
        report(one)

    with opened() as pool:
        left = _try(pool, plan, METHODS[method], file, task, until, ended)
    return _found(list(tried.values()), plan, seconds=seconds, left=left)


def _try(
    pool: Pool,
    plan: Plan,
    method: Callable[[Plan], Any],
    file: RowsFile,
    task: Callable[..., FoldTask],
    until: float,
    ended: Report,
) -> bool:
    """Send each batch's trials back to the method, in order; return whether the time ran out."""
    steps = method(plan)
    batch: list[Proposal] = next(steps)
    while True:
        tasks = [
            [task(fold=fold, share=one.share, parameters=one.parameters) for fold in file.folds]
            for one in batch
        ]
        done = []
        for one in Batch(pool, batch, tasks, lambda: time.monotonic() < until).run():
            done.append(one)
            ended(one)
        if len(done) < len(batch):
            return True
        try:
            batch = steps.send(sorted(done, key=lambda one: one.proposal.number))
        except StopIteration:
            return False
        if not batch:
            return False


def _found(tried: list[Tried], plan: Plan, *, seconds: float, left: bool) -> Found:
    tried = sorted(tried, key=lambda one: one.proposal.number)
    best = best_of(tried, sign=plan.sign)
    if best is None or best.mean is None:
        raise SearchFailed(_none_succeeded(tried, seconds))
    notes = []
    if left:
        done = counted(len(tried), "trial")
        notes.append(
            f"The search ended after its {seconds:g} s (search_seconds), with {done}: the best of these is "
            "fitted. Give it more seconds, fewer folds or more processes for more trials."
        )
    if failed := [one for one in tried if one.error]:
        notes.append(f"{len(failed)} of {len(tried)} trials failed, most often: {_commonest(failed)}")
    return Found(parameters=best.proposal.parameters, score=best.mean, trials=tried, notes=notes)


def _none_succeeded(tried: list[Tried], seconds: float) -> str:
    if not tried:
        return f"No trial began within {seconds:g} s (search_seconds). Give the search more seconds."
    those = f"All {len(tried)} trials" if len(tried) > 1 else "The only trial"
    return f"{those} failed, most often with: {_commonest(tried)}"


def _commonest(failed: list[Tried]) -> str:
    return Counter(one.error for one in failed).most_common(1)[0][0]


def _refuse_unknown(estimator: Any, parameters: Mapping[str, list[Any]]) -> None:
    if refusal := refusal_of(parameters, estimator.get_params()):
        raise SearchFailed(refusal)
    if not parameters:
        raise SearchFailed("There is nothing to search over. Give at least one parameter a list of values.")


def seeded(estimator: Any, seed: int) -> Any:
    """Return a clone in which each `random_state` that is None is the seed: scores can be repeated then."""
    from sklearn.base import clone

    copy = clone(estimator)
    unset = [name for name, value in copy.get_params().items() if _is_unset_seed(name, value)]
    return copy.set_params(**dict.fromkeys(unset, seed))


def _is_unset_seed(name: str, value: Any) -> bool:
    return name.split("__")[-1] == "random_state" and value is None
