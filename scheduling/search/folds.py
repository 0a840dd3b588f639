"""Into which folds rows fall, by the rule that holds out the evaluation rows; written once, as Parquet."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from predictions.contract.numbers import counted
from scheduling.search.rows import GROUP, TIME, Rows, RowsFile
from scheduling.search.tried import SearchFailed


def write(rows: Rows, path: Path, *, folds: int, seed: int) -> RowsFile:
    """Write the rows with their folds. Raises `SearchFailed` where they do not suffice for as many."""
    target: Any = rows.target.to_numpy()
    if rows.labels:
        positions = {label: i for i, label in enumerate(rows.labels)}
        known = rows.target.isin(rows.labels).to_numpy()
        rows = _taken(rows, known)  # the check of the data counts the others
        target = rows.target.map(positions).to_numpy().astype(np.int64)
    fold = _folds(rows, target, folds=folds, seed=seed)
    frame = rows.features.set_axis([str(i) for i in range(rows.features.shape[1])], axis="columns")
    place = _places(fold, target if rows.labels else np.zeros(len(target)), seed=seed)
    frame.assign(target=target, fold=fold, place=place).to_parquet(path, index=False, compression="zstd")
    return RowsFile(
        path=str(path), names=tuple(rows.features.columns), dtypes=tuple(rows.features.dtypes),
        labels=rows.labels, expanding=rows.rule == TIME,
        folds=tuple(range(1, folds + 1) if rows.rule == TIME else range(folds)),
    )  # fmt: skip


def _taken(rows: Rows, which: np.ndarray) -> Rows:
    by = None if rows.by is None else rows.by[which]
    return replace(rows, features=rows.features[which], target=rows.target[which], by=by)


def _folds(rows: Rows, target: np.ndarray, *, folds: int, seed: int) -> np.ndarray:
    """Return the number of each row's fold, (n,)."""
    if len(target) < 2 * (folds + 1):
        raise SearchFailed(
            f"{counted(len(target), 'row')} cannot fill {folds} folds. Take more rows, or fewer folds."
        )
    if rows.rule == TIME:
        return _by_time(np.asarray(rows.by, dtype=float), folds=folds)
    if rows.rule == GROUP:
        return _by_group(rows, folds=folds, seed=seed)
    return _at_random(rows, target, folds=folds, seed=seed)


def _by_time(moments: np.ndarray, *, folds: int) -> np.ndarray:
    """Blocks 0 to `folds` of about as many rows, oldest first; rows of one moment stay together.

    scikit-learn's TimeSeriesSplit would put some of a moment's rows on each side.
    """
    cuts = np.sort(moments)[[len(moments) * i // (folds + 1) for i in range(1, folds + 1)]]
    blocks = np.searchsorted(cuts, moments, side="right")
    if len(np.unique(blocks)) <= folds:
        raise SearchFailed(
            f"The time column has too few different times for {folds} folds. Take a longer window, or fewer "
            "folds."
        )
    return blocks


def _by_group(rows: Rows, *, folds: int, seed: int) -> np.ndarray:
    import pandas as pd
    from sklearn.model_selection import GroupKFold

    groups, names = pd.factorize(rows.by, use_na_sentinel=False)
    if len(names) < folds:
        raise SearchFailed(
            f"{counted(len(names), 'group')} cannot fill {folds} folds. Take more rows, or fewer folds."
        )
    splits = GroupKFold(folds, shuffle=True, random_state=seed).split(groups, groups=groups)
    return _numbered(splits, len(groups))


def _at_random(rows: Rows, target: np.ndarray, *, folds: int, seed: int) -> np.ndarray:
    from sklearn.model_selection import KFold, StratifiedKFold

    if rows.labels and np.bincount(target).max() < folds:
        raise SearchFailed(
            f"Each label has fewer rows than the {folds} folds. Take more rows, or fewer folds."
        )
    kind = StratifiedKFold if rows.labels else KFold
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # a rare label misses in some folds
        splits = list(kind(folds, shuffle=True, random_state=seed).split(target, target))
    return _numbered(splits, len(target))


def _numbered(splits: Any, n: int) -> np.ndarray:
    numbers = np.empty(n, dtype=np.int64)
    for number, (_, scored) in enumerate(splits):
        numbers[scored] = number
    return numbers


def _places(fold: np.ndarray, target: np.ndarray, *, seed: int) -> np.ndarray:
    """Return a random place for each row within its fold and label: a share takes that share of each."""
    import pandas as pd

    drawn = pd.Series(np.random.default_rng(seed).random(len(fold)))
    groups = drawn.groupby([fold, target])
    return ((groups.rank() - 1) / groups.transform("size")).to_numpy()
