"""What one training works on, and whom it tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, RegisteredModel
from predictions.registry.datasets import Tables
from scheduling.models import Recipe
from scheduling.models.setup.recipe import PLAIN, RecipeInvalid
from scheduling.search.tried import Tried

if TYPE_CHECKING:
    import pandas as pd


MAX_NAME = 100


def to_nobody(*_: Any) -> None:
    """What is told outside of a run."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """Where a training tells of itself. `output` gets the end of what was printed, and how long it was."""

    progress: Callable[[float, str], None] = to_nobody  # the share that is done, and at what it is
    fitted: Callable[[], None] = to_nobody
    warn: Callable[[str], None] = to_nobody
    log: Callable[[list[dict[str, float]]], None] = to_nobody
    output: Callable[[bytes, int], None] = to_nobody
    trial: Callable[[Tried, str], None] = to_nobody  # of a search, with the metric's name


@dataclass(frozen=True, kw_only=True)
class Job:
    """One training: of which model, for which contract, on which rows; `run` is also the seed."""

    registered_model: RegisteredModel
    run: int
    spec: SignatureSpec
    training: Dataset
    tables: Tables
    report: Report = field(default_factory=Report)

    @property
    def frame(self) -> pd.DataFrame:
        """Features and output of all rows; nobody changes it in place. Raises `DatasetInvalid`.

        Of a large file nothing is kept: each call reads it again.
        """
        return self.tables.whole(self.training).frame(self.spec)


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A fitted estimator, what the candidate is called, and the packages it needs besides scikit-learn."""

    estimator: Any
    name: str
    libraries: dict[str, str] = field(default_factory=dict)


def name_by(recipe: Recipe, *, run: int, **parameters: Any) -> str:
    """Return the candidate's name by the template, or by the kind. Raises `RecipeInvalid`."""
    what = recipe.trainer or recipe.kind
    name = (recipe.name_template or f"{what}-{{run}}").format(**parameters, run=run)
    if not PLAIN.fullmatch(name) or len(name) > MAX_NAME:
        why = f"{name!r} is not a file name. Use at most {MAX_NAME} letters, digits and any of . _ -"
        raise RecipeInvalid("name_template", why)
    return name
