"""The candidate of each period: a registered version, or one that the recipe is fitted to, kept nowhere.

A registered version answers as in the gate's comparison, an upload by its served form alone; one by the
recipe answers by scikit-learn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion, RegisteredModel
from predictions.registry.artefacts import ArtefactCorrupt, ArtefactMissing
from predictions.registry.datasets import Table, whole_frame
from predictions.registry.loading import VersionUnloadable
from predictions.registry.refusals import NotCompilable
from predictions.registry.sklearn_answers import own_answers
from predictions.tables.names import DatasetInvalid
from scheduling.judging.answers import NotComparable, answers_of_champion, frame_of_champion
from scheduling.models import Recipe
from scheduling.models.setup.recipe import RecipeInvalid
from scheduling.simulation.past import NoAnswers
from scheduling.simulation.periods import Period
from scheduling.training.by_recipe import build, draw
from scheduling.training.fitting import fit
from scheduling.training.preprocessing import with_preprocessing
from scheduling.training.refusals import TrainingFailed

RECIPE, VERSIONS = "recipe", "versions"


class Candidates(Protocol):
    """The versions of the periods, by number."""

    def answers(self, version: int, table: Table, judged: pd.DataFrame) -> Answers:
        """Return what a version answers to the judged rows of a table. Raises `NoAnswers`."""

    def name(self, version: int) -> str:
        """Return what a reader may call it; empty where it does not exist."""

    def keep_only(self, versions: set[int]) -> None:
        """Forget others: nobody will ask them any more."""


@dataclass(frozen=True, kw_only=True)
class ByRecipe:
    """Fitted when first asked, with a draw and a seed of each period's own, as each run has its own."""

    recipe: Recipe
    spec: SignatureSpec
    periods: Sequence[Period]
    _fitted: dict[int, Any] = field(default_factory=dict)

    def answers(self, version: int, table: Table, judged: pd.DataFrame) -> Answers:
        try:
            if version not in self._fitted:
                self._fitted[version] = self._fit(version)
            return own_answers(self._fitted[version], self.spec, judged)
        except (
            ArtefactMissing,
            ArtefactCorrupt,
            DatasetInvalid,
            NotCompilable,
            RecipeInvalid,
            TrainingFailed,
        ) as error:
            raise NoAnswers(str(error)) from error

    def name(self, version: int) -> str:
        drawn = draw(self.recipe, seed=self._seed(version))
        return ", ".join(f"{name} {value}" for name, value in drawn.items()) or self.recipe.estimator

    def keep_only(self, versions: set[int]) -> None:
        for version in self._fitted.keys() - versions:
            del self._fitted[version]

    def _fit(self, version: int) -> Any:
        training, seed = self.periods[version].training, self._seed(version)
        if training is None:
            raise NoAnswers("No training set was registered before its evaluation set.")
        frame = whole_frame(training, self.spec)
        estimator = build(self.recipe.estimator, draw(self.recipe, seed=seed), seed=seed)
        return fit(with_preprocessing(estimator, self.spec, frame), frame, self.spec)

    def _seed(self, version: int) -> int:
        return self.periods[version].evaluation.pk


@dataclass(frozen=True, kw_only=True)
class ByVersions:
    """The newest version that was trained on a period's set, or else was there before its evaluation set."""

    spec: SignatureSpec
    versions: Sequence[ModelVersion | None]

    def answers(self, version: int, table: Table, judged: pd.DataFrame) -> Answers:
        chosen = self.versions[version]
        if chosen is None:
            raise NoAnswers("No version was made for this period, or its files were pruned.")
        try:
            return answers_of_champion(chosen, frame_of_champion(chosen, table, judged, self.spec), self.spec)
        except (ArtefactMissing, ArtefactCorrupt, VersionUnloadable, NotComparable) as error:
            raise NoAnswers(str(error)) from error

    def name(self, version: int) -> str:
        chosen = self.versions[version]
        return chosen.label if chosen else ""

    def keep_only(self, versions: set[int]) -> None:
        """Nothing of a version is kept."""


def versions_of(model: RegisteredModel, periods: Sequence[Period]) -> Iterator[ModelVersion | None]:
    """Yield the version of each period, None where there is none; each stands for one period at most."""
    rows = ModelVersion.objects.of(model).filter(retired_at=None).order_by("pk")
    left, newest = list(rows.select_related("signature__registered_model")), 0
    for period in periods:
        trained = [one for one in left if period.training and one.training_dataset_id == period.training.pk]
        before = period.evaluation.created_at
        earlier = [one for one in left if one.created_at <= before and one.pk > newest]
        chosen = next(reversed(trained or earlier), None)
        if chosen:
            left.remove(chosen)
            newest = max(newest, chosen.pk)
        yield chosen
