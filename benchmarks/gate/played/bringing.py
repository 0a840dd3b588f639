"""A fitted pipeline of somebody's own, registered by the command that people use."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.gate.played.worlds import World


def bring(world: World, rows: pd.DataFrame, paths: dict[str, Path]) -> None:
    """Fit the pipeline where the program knows nothing of it, and register it with its data."""
    import skops.io

    model = paths["training"].parent / "brought.skops"
    skops.io.dump(pipeline(world).fit(rows[[*world.texts, *world.numbers]], rows[world.output]), model)
    columns: Any = {"label": world.output, "time": "date", "drop": [*world.others[1:]]}
    # The only question of the door: whole numbers of few values may be codes.
    columns["kinds"] = [(name, "int") for name in world.numbers if rows[name].dtype.kind == "i"]
    files = {role: str(path) for role, path in paths.items()}
    manage("register_model", world.name, model=str(model), trained_on="training", **files, **columns)


def pipeline(world: World) -> Any:
    """What many bring: one-hot texts beside the numbers with their gaps, and boosted trees."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    is_regression = world.task == "regression"
    trees = HistGradientBoostingRegressor if is_regression else HistGradientBoostingClassifier
    hot = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    parts = [(hot, list(world.texts))] if world.texts else []
    columns = make_column_transformer(*parts, ("passthrough", list(world.numbers)))
    return make_pipeline(columns, trees(max_iter=60, random_state=0))


def manage(command: str, *arguments: str, **options: Any) -> str:
    """Return what the command prints; a version that is not live is no error here."""
    from django.core.management import call_command

    said = StringIO()
    try:
        call_command(command, *arguments, stdout=said, **options)
    except SystemExit as ended:
        if ended.code != 1:  # registered, not live
            raise
    return said.getvalue()
