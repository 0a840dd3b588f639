"""What one registered model asks of its candidates: the metric, by how much, and who promotes."""

from __future__ import annotations

import math
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CASCADE

from predictions.models import ModelVersion, RegisteredModel, Signature
from predictions.models.base import Recorded
from predictions.models.promotion import live_version
from scheduling.evidence.provenance import Policy
from scheduling.statistics.metrics.table import METRICS, REGRESSION, Metric, metrics_of

LEAST_BAKE = 15  # minutes: three blocks of the watch
HELP = {
    "primary_metric": "What counts as a good answer. A candidate and the live version are compared by it, "
    "on the same rows.",
    "promote_when": "“Unless it is worse” is for a model that is retrained on fresh data: what is measured "
    "decides, if these evaluation rows are used for the first time. “Shown not to be worse” and “better” "
    "ask for a proof; “better” is for data that stand still.",
    "least_gain": "How much better a candidate must be to be worth a promotion, in units of the metric. "
    "All of the range in which its true gain lies (the confidence interval) must be above it.",
    "margin": "How much worse a candidate may be and still count as “not worse”, in units of the metric.",
    "relative": "Tick it to enter shares of the live version's value: 0.05 is then 5 % of it.",
    "floors": 'Values that every candidate must reach, also the first one: {"accuracy": 0.9, "log_loss": '
    "0.4} asks for an accuracy of at least 0.9 and a log loss of at most 0.4.",
    "group_column": "A column of the evaluation file that says which rows belong together, such as a "
    "patient with several rows. Leave it empty if the rows are independent.",
    "log_loss_floor": "Log loss counts lower probabilities as this value, so that one row does not decide "
    "alone. It holds for two labels; for k labels it is 2/k of it.",
    "pinball_quantile": "The quantile that the pinball loss measures. Change it if the model predicts "
    "another quantile than the median.",
    "positive_label": "For two labels: the one that roc_auc and average_precision look for; empty means "
    "the last one. Leave it empty for three or more labels: their mean is used.",
    "approval": "Who promotes a candidate that passes its checks. Choose “report only” to try out the "
    "checks.",
    "bake_minutes": "How long the scheduler watches a promoted version, to roll it back if it gets worse. "
    "0 switches the watch off.",
    "watch_alpha": "How often a watch may roll back by mistake, although nothing got worse: 0.05 is one "
    "watch in twenty. Less makes it slower to see what did get worse (significance level).",
    "watch_anonymous": "Anybody who reaches the API can send requests that look bad. Choose “may decide "
    "alone” only if nobody but your own programs reaches it: each of them can then cause a rollback.",
    "error_tolerance": "How much the share of failed requests in five minutes may rise before it counts as "
    "worse: 0.02 is two in a hundred more.",
    "latency_tolerance": "How many times as long as the version before it may take to answer: 1.25 is a "
    "quarter more. Compared are the slowest 5 % of five minutes (95th percentile).",
    "mix_tolerance": "How far the share of an answer may move from what the version before answers to the "
    "same requests: 0.1 is ten in a hundred. What the checks saw already is not counted. For a regression: "
    "how far the mean may move, as a share of the width of the middle 90 % of the evaluation targets.",
    "loss_tolerance": "How much wronger its answers may be than those of the version before, once their "
    "true labels are known: the mean loss, from 0 to 1, may rise by this much.",
}


def _number(name: str, default: float, *, least: float, most: float | None = None) -> models.FloatField:
    validators = [MinValueValidator(least), *([] if most is None else [MaxValueValidator(most)])]
    return models.FloatField(default=default, validators=validators, help_text=HELP[name])


def _choice(
    name: str, choices: type[models.TextChoices], default: str, label: str | None = None
) -> models.CharField:
    return models.CharField(
        label, max_length=20, choices=choices.choices, default=default, help_text=HELP[name]
    )


class GatePolicyManager(models.Manager["GatePolicy"]):
    """Finds a model's policy; without one the defaults for its task and its data hold."""

    def of(self, registered_model: RegisteredModel) -> GatePolicy:
        """The policy of this model; where there is none, an unsaved one with its defaults."""
        kept = self.filter(registered_model=registered_model).first()
        return self.default_of(registered_model) if kept is None else kept

    def default_of(self, registered_model: RegisteredModel) -> GatePolicy:
        """What the program proposes for its task and its data, unsaved."""
        signature = Signature.objects.newest_of(registered_model)
        regression = signature is not None and signature.task == REGRESSION
        defaults: dict[str, Any] = {"primary_metric": "rmse", "relative": True} if regression else {}
        if not registered_model.data_changes:
            defaults |= {"promote_when": GatePolicy.PromoteWhen.BETTER, "margin": 0.0}
        return self.model(registered_model_id=registered_model.pk, **defaults)


class GatePolicy(models.Model):
    """When a candidate of one registered model goes live."""

    class PromoteWhen(models.TextChoices):
        BETTER = "better", "if it is better than the live version"
        NOT_WORSE = (
            "not_worse",
            "if it is shown not to be worse than the live version by more than the margin",
        )
        UNLESS_WORSE = "unless_worse", "unless it is worse than the live version by more than the margin"

    class Approval(models.TextChoices):
        AUTOMATIC = "automatic", "the program, automatically"
        BY_PERSON = "by_person", "a person, who approves each candidate"
        NEVER = "never", "nobody: report only"

    class Anonymous(models.TextChoices):
        ONE_CALLER = "one_caller", "count together as one caller, who never decides alone"
        LEFT_OUT = "left_out", "are left out"
        TRUSTED = "trusted", "may decide alone"

    registered_model = models.OneToOneField(RegisteredModel, CASCADE, related_name="policy")
    primary_metric = models.CharField(
        max_length=20,
        choices=[(name, name) for name in METRICS],
        default="f1_macro",
        help_text=HELP["primary_metric"],
    )
    promote_when = _choice("promote_when", PromoteWhen, PromoteWhen.UNLESS_WORSE, "promote a candidate")
    least_gain = _number("least_gain", 0.0, least=0.0)
    margin = _number("margin", 0.01, least=0.0)
    relative = models.BooleanField(default=False, help_text=HELP["relative"])
    floors = models.JSONField("minimum values", default=dict, blank=True, help_text=HELP["floors"])
    group_column = models.CharField(max_length=100, blank=True, help_text=HELP["group_column"])
    log_loss_floor = _number("log_loss_floor", 0.01, least=1e-9, most=0.49)
    pinball_quantile = _number("pinball_quantile", 0.5, least=0.001, most=0.999)
    positive_label = models.JSONField(null=True, blank=True, help_text=HELP["positive_label"])
    approval = _choice("approval", Approval, Approval.AUTOMATIC, "who promotes")
    bake_minutes = models.PositiveIntegerField(
        "watched for, in minutes",
        default=0,
        validators=[MaxValueValidator(60 * 24 * 30)],
        help_text=HELP["bake_minutes"],
    )
    watch_alpha = _number("watch_alpha", 0.05, least=1e-6, most=0.2)
    watch_anonymous = _choice("watch_anonymous", Anonymous, Anonymous.ONE_CALLER, "callers without a token")
    error_tolerance = _number("error_tolerance", 0.02, least=1e-6, most=0.5)
    latency_tolerance = _number("latency_tolerance", 1.25, least=1.0)
    mix_tolerance = _number("mix_tolerance", 0.10, least=0.0, most=1.0)
    loss_tolerance = _number("loss_tolerance", 0.01, least=0.0, most=1.0)

    objects = GatePolicyManager()
    history = Recorded()

    class Meta:
        default_permissions = ()
        verbose_name = "policy"
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return str(self.registered_model)

    @property
    def for_the_gate(self) -> Policy:
        return Policy(**{name: getattr(self, name) for name in Policy.names()})

    def clean(self) -> None:
        if 0 < self.bake_minutes < LEAST_BAKE:
            raise ValidationError({"bake_minutes": f"Enter 0 (no watch) or at least {LEAST_BAKE} minutes."})
        if not isinstance(self.floors, dict):
            raise ValidationError({"floors": 'Enter an object, such as {"accuracy": 0.9}.'})
        errors: dict[str, Any] = {}
        if wrong := [name for name, value in self.floors.items() if not _is_finite(value)]:
            errors["floors"] = _of_floor(wrong[0], f"The value of {wrong[0]} must be a finite number.")
        signature = Signature.objects.newest_of(self.registered_model_id)
        if signature is not None:
            errors |= self._problems_with(signature)
        if errors:
            raise ValidationError(errors)

    def _problems_with(self, signature: Signature) -> dict[str, Any]:
        known = [metric.name for metric in metrics_of(signature.task)]
        remedy = f"not a metric for a {signature.task}. Choose from: {', '.join(known)}."
        problems: dict[str, Any] = {}
        if self.primary_metric in METRICS and self.primary_metric not in known:
            problems["primary_metric"] = f"{self.primary_metric} is {remedy}"
        if strange := [name for name in self.floors if name not in known]:
            problems["floors"] = _of_floor(strange[0], f"{strange[0]} is {remedy}")
        asked = [name for name in (self.primary_metric, *self.floors) if name in known]
        problems |= self._without_probabilities(signature, asked)
        if self.positive_label is not None and len(signature.labels) > 2:
            problems["positive_label"] = f"Leave this empty: {signature} has {len(signature.labels)} labels."
        elif self.positive_label is not None and self.positive_label not in signature.labels:
            problems["positive_label"] = f"Choose one of the labels: {', '.join(map(str, signature.labels))}."
        problems = _out_of_bounds(self) | problems
        if self.group_column == signature.output_name:
            problems["group_column"] = "The group column cannot be the target."
        return problems

    def _without_probabilities(self, signature: Signature, asked: list[str]) -> dict[str, Any]:
        """What the live version, or else the newest one, cannot be measured by."""
        needing = [name for name in asked if METRICS[name].needs_probabilities]
        if not needing:
            return {}
        version = _measured(self.registered_model)
        if version is None or version.has_probabilities:
            return {}
        known = ", ".join(metric.name for metric in metrics_of(signature.task, probabilities=False))
        why = f"{needing[0]} needs probabilities, and {version} has none. Choose from: {known}."
        if self.primary_metric in needing:
            return {"primary_metric": why}
        return {"floors": _of_floor(needing[0], why)}


def fitting_metrics(model: RegisteredModel) -> list[Metric]:
    """Those by which candidates of this model can be measured; without a signature all of them."""
    signature = Signature.objects.newest_of(model)
    if signature is None:
        return list(METRICS.values())
    version = _measured(model)
    return metrics_of(signature.task, probabilities=version is None or version.has_probabilities)


def _measured(model: RegisteredModel) -> ModelVersion | None:
    """The live version, or else the newest one: whether there are probabilities is known of it."""
    return live_version(model) or ModelVersion.objects.of(model).first()


def _of_floor(metric: str, why: str) -> ValidationError:
    """What is wrong with one of the minimum values; a form has a field for each."""
    return ValidationError(why, params={"metric": metric})


def _out_of_bounds(policy: GatePolicy) -> dict[str, Any]:
    """What no value of the metric can reach: nothing could ever go live, or everything would."""
    problems: dict[str, Any] = {}
    for name, value in policy.floors.items():
        if not _is_finite(value):
            continue
        least, most = METRICS[name].bounds if name in METRICS else (-math.inf, math.inf)
        if not least <= value <= most:
            side = f"at most {most:g}" if least == -math.inf else f"{least:g} or more"
            side = f"between {least:g} and {most:g}" if math.isfinite(least) and math.isfinite(most) else side
            problems["floors"] = _of_floor(name, f"{name} is always {side}. Enter such a value.")
    least, most = METRICS[policy.primary_metric].bounds if policy.primary_metric in METRICS else (0, math.inf)
    for field in ("least_gain", "margin"):
        size = getattr(policy, field)
        if not policy.relative and _is_finite(size) and size > most - least:
            problems[field] = f"{policy.primary_metric} moves by {most - least:g} at most. Enter less."
    return problems


def _is_finite(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return False
