"""How candidates of one registered model are trained."""

from __future__ import annotations

import re
import string

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CASCADE, Q

from predictions.conf import config, setting_name
from predictions.contract.parameter_names import refusal_of
from predictions.contract.storable import storable
from predictions.models import RegisteredModel, Signature
from predictions.models.base import Recorded, rules
from predictions.models.promotion import live_version
from scheduling.models.setup.estimators import ESTIMATORS, estimators_for, problems_of

PLAIN = re.compile(r"[A-Za-z0-9._-]*")
HELP = {
    "kind": "What each retraining fits. Without a recipe it is the live version, fitted anew.",
    "estimator": "The scikit-learn estimator. For a search, empty: the pipeline of the live version.",
    "parameters": "Each parameter has a list of values: n_estimators with 12, 24. Every run draws one value "
    "of each list; a search tries them. For a pipeline the step's name comes first: logisticregression__C.",
    "name_template": "The name of each candidate; {braces} hold a parameter or the run: rf-{n_estimators}. "
    "Empty, except for an estimator with drawn values: the kind and the run.",
    "trainer": "A name in the settings, under TRAINERS, of a function train(frame, context).",
    "search_method": "How parameters are chosen to be tried.",
    "search_trials": "How many sets of parameters are tried at most. A grid tries all.",
    "search_seconds": "After so many seconds no further trial begins.",
    "search_folds": "Each trial is fitted and judged on so many parts of the training rows.",
}  # fmt: skip


class RecipeInvalid(Exception):
    """No candidate can be trained by this recipe; `field` is the one to correct."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class Recipe(models.Model):
    """How candidates of one registered model are trained. Without a row, the live version is refitted."""

    class Kind(models.TextChoices):
        REFIT = "refit", "the pipeline of the live version, fitted anew"
        ESTIMATOR = "estimator", "an estimator of the list, with values drawn for each run"
        TRAINER = "trainer", "training code of your own"
        SEARCH = "search", "a search for the best parameters"

    class SearchMethod(models.TextChoices):
        RANDOM = "random", "random: sets of values drawn at random"
        GRID = "grid", "grid: each combination of values"
        HALVING = "halving", "halving: many on few rows, the better third on three times as many"
        OPTUNA = "optuna", "Optuna: each trial learns from those before"

    registered_model = models.OneToOneField(RegisteredModel, CASCADE, related_name="recipe")
    kind = models.CharField(
        max_length=10, choices=Kind.choices, default=Kind.ESTIMATOR, help_text=HELP["kind"]
    )
    estimator = models.CharField(max_length=40, blank=True, help_text=HELP["estimator"])
    name_template = models.CharField(max_length=60, blank=True, help_text=HELP["name_template"])
    parameters = models.JSONField(default=dict, blank=True, help_text=HELP["parameters"])
    trainer = models.CharField(max_length=64, blank=True, help_text=HELP["trainer"])
    search_method = models.CharField(
        "method", max_length=10, choices=SearchMethod.choices, default=SearchMethod.RANDOM,
        help_text=HELP["search_method"],
    )  # fmt: skip
    search_trials = models.PositiveIntegerField(
        "trials", default=20, help_text=HELP["search_trials"],
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
    )  # fmt: skip
    search_seconds = models.PositiveIntegerField(
        "seconds", default=600, help_text=HELP["search_seconds"], validators=[MinValueValidator(1)]
    )
    search_folds = models.PositiveIntegerField(
        "folds", default=3, help_text=HELP["search_folds"],
        validators=[MinValueValidator(2), MaxValueValidator(20)],
    )  # fmt: skip

    history = Recorded()

    class Meta:
        default_permissions = ()
        constraints = rules(
            a_recipe_has_what_its_kind_needs=Q(kind="estimator") & ~Q(estimator="") & ~Q(name_template="")
            | Q(kind="trainer") & ~Q(trainer="")
            | Q(kind__in=["refit", "search"]),
            a_search_tries_something=Q(search_trials__gte=1, search_seconds__gte=1, search_folds__gte=2),
        )

    def __str__(self) -> str:
        return f"{self.registered_model}: {self.what}"

    @property
    def what(self) -> str:
        """What trains, in a few words."""
        return {
            self.Kind.REFIT: "refit",
            self.Kind.ESTIMATOR: self.estimator,
            self.Kind.TRAINER: self.trainer,
            self.Kind.SEARCH: f"search, {self.estimator or 'the live pipeline'}",
        }[self.Kind(self.kind)]

    @property
    def applying(self) -> set[str]:
        """The columns that say something for this kind."""
        return {"kind", "name_template", *TAKEN[self.kind]}

    def clean(self) -> None:
        """Empty what another kind would need. Raises `ValidationError` by field."""
        for name in {"estimator", "parameters", "trainer"} - TAKEN[self.kind]:
            setattr(self, name, {} if name == "parameters" else "")
        try:
            self.check_recipe()
        except RecipeInvalid as error:
            raise ValidationError({error.field: str(error)}) from None

    def check_recipe(self) -> None:
        """Raise `RecipeInvalid` for what can be known without scikit-learn, which the web tier lacks."""
        if "estimator" in TAKEN[self.kind]:
            self._check_estimator()
            self._check_parameters()
        limit = config.FIT_TIME_LIMIT_SECONDS
        if self.kind == self.Kind.SEARCH and self.search_seconds >= limit:
            most = f"{limit} ({setting_name('FIT_TIME_LIMIT_SECONDS')})"
            why = f"Enter less than {most}: the best is fitted after the search."
            raise RecipeInvalid("search_seconds", why)
        if self.kind == self.Kind.TRAINER and self.trainer not in config.TRAINERS:
            known = ", ".join(sorted(config.TRAINERS))
            setting = setting_name("TRAINERS")
            add = f'Set {setting} to {{"name": "package.module:train"}}.'
            unknown = f"{self.trainer} is not in {setting}. " if self.trainer else ""
            raise RecipeInvalid("trainer", unknown + (f"Choose one of: {known}." if known else add))
        self._check_name()

    def _check_estimator(self) -> None:
        may_be_empty = self.kind == self.Kind.SEARCH
        fitting = fitting_estimators(self.registered_model_id)
        if self.estimator not in fitting and (self.estimator or not may_be_empty):
            raise RecipeInvalid("estimator", f"Choose one of: {', '.join(fitting)}.")

    def _check_parameters(self) -> None:
        if not isinstance(self.parameters, dict):
            raise RecipeInvalid("parameters", 'Enter an object, such as {"n_estimators": [12, 24]}.')
        if self.kind == self.Kind.SEARCH and not self.parameters:
            raise RecipeInvalid("parameters", "Name what to search, such as max_depth with 2, 4, 8.")
        if storable(self.parameters) != self.parameters:
            raise RecipeInvalid("parameters", "Remove the characters that no database holds, such as NUL.")
        for name, values in self.parameters.items():
            if not isinstance(values, list) or not values:
                why = f"The value of {name} must be a list with at least one item."
                raise RecipeInvalid("parameters", why)
        if self.estimator and (wrong := [*problems_of(self.estimator, self.parameters)]):
            raise RecipeInvalid("parameters", " ".join(wrong))
        if refusal := self._refusal_of_names():
            raise RecipeInvalid("parameters", refusal)

    def _refusal_of_names(self) -> str:
        """What is searched that the live pipeline lacks; empty where it is not known: a run tells then."""
        if self.estimator or self.registered_model_id is None:
            return ""
        live = live_version(self.registered_model)
        return refusal_of(self.parameters, live.params) if live and live.params else ""

    def _check_name(self) -> None:
        if not self.name_template and self.kind == self.Kind.ESTIMATOR:
            raise RecipeInvalid("name_template", "Enter how candidates are called, such as rf-{run}.")
        try:
            parts = list(string.Formatter().parse(self.name_template))
        except ValueError as error:
            raise RecipeInvalid("name_template", f"The braces do not match: {error}.") from None
        for literal, name, form, conversion in parts:
            if name is not None and name not in {*self.parameters, "run"}:
                raise RecipeInvalid("name_template", f"{{{name}}} is not one of the parameters.")
            if form or conversion or not PLAIN.fullmatch(literal):
                allowed = "Use letters, digits, dots, hyphens, underscores and {parameters} only."
                raise RecipeInvalid("name_template", allowed)


def fitting_estimators(model: int | None) -> list[str]:
    """Return the estimators for the task of this model; all where it has no signature yet."""
    signature = Signature.objects.newest_of(model) if model is not None else None
    return estimators_for(signature.task) if signature else [*ESTIMATORS]


OF_A_SEARCH = ("search_method", "search_trials", "search_seconds", "search_folds")
TAKEN: dict[str, set[str]] = {
    Recipe.Kind.REFIT: set(),
    Recipe.Kind.ESTIMATOR: {"estimator", "parameters"},
    Recipe.Kind.TRAINER: {"trainer"},
    Recipe.Kind.SEARCH: {"estimator", "parameters", *OF_A_SEARCH},
}
