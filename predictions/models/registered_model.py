"""A named prediction problem, and whether a person holds its live version."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.utils import timezone
from django.utils.text import Truncator

from predictions import database
from predictions.models.base import LONGEST_NAME, Recorded, rules
from predictions.models.people import grants
from predictions.models.people.access import May

MOST_OF_A_REASON = 200  # within a sentence; the history has the whole
name_in_a_url = RegexValidator(r"^[a-z0-9][a-z0-9_-]*\Z", "Use a to z, digits, hyphens and underscores.")


class RegisteredModelQuerySet(models.QuerySet["RegisteredModel"]):
    """Questions about many registered models."""

    def get_by_natural_key(self, name: str) -> RegisteredModel:
        return self.get(name=name)

    def where(self, user: Any, permission: str) -> RegisteredModelQuerySet:
        """The models for which the user holds the permission: all, or those of their roles."""
        if user is None or not user.is_active:
            return self.none()
        found: Any = grants.models_of(user, permission, self)
        return found

    def visible_to(self, user: Any) -> RegisteredModelQuerySet:
        """The models that this caller may read: public ones, and those of their roles."""
        if user is not None and user.has_perm(May.READ):
            return self.all()
        return self.filter(Q(public=True) | Q(pk__in=self.where(user, May.READ).values("pk")))

    def hidden_from(self, user: Any, permission: str = May.READ) -> RegisteredModelQuerySet:
        """The others: excluding these few from a long list keeps it fast to read, newest first."""
        if user is not None and user.has_perm(permission):
            return self.none()
        rest = self.filter(public=False) if permission == May.READ else self
        return rest.exclude(pk__in=self.where(user, permission).values("pk"))


class RegisteredModel(models.Model):
    """A prediction problem with a name that clients use; its versions come and go."""

    name = models.CharField(max_length=64, unique=True, validators=[name_in_a_url])
    title = models.CharField(max_length=200)
    is_default = models.BooleanField(
        "default",
        default=False,
        help_text="This model answers POST /predict. Only one model can be the default.",
    )
    public = models.BooleanField(
        default=False,
        help_text="Anybody may ask for predictions and read about runs. Switched off: only those with "
        "a role for the model.",
    )
    invalid_input_message = models.CharField(
        max_length=300,
        default="Please check the feature values provided.",
        help_text="The errorMessage in answers to requests with invalid values.",
    )
    log_rate = models.PositiveSmallIntegerField(
        "log rate",
        default=100,
        validators=[MaxValueValidator(100)],
        help_text="The percentage of requests that are kept in the prediction log.",
    )
    redacted_features = models.JSONField(
        default=list, blank=True, help_text="Features whose values are never written to the prediction log."
    )
    data_changes = models.BooleanField(
        "its data change with time",
        default=True,
        help_text="Keep this on if versions are retrained on fresh rows: without a policy of its own, a "
        "version then goes live unless it is worse than the live one. Switch it off if the same data are "
        "used again and again: then a version must be better.",
    )
    held_by = models.CharField("paused by", max_length=LONGEST_NAME, blank=True, editable=False)
    held_reason = models.TextField("reason of the pause", blank=True, editable=False)
    held_at = models.DateTimeField("paused at", null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    # Annotated by `promotion.with_live`.
    live_version_id: int | None
    live_label: str | None
    output_name: str

    objects = RegisteredModelQuerySet.as_manager()
    history = Recorded()

    class Meta:
        ordering = ["name"]
        constraints = [
            UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="at_most_one_default_model"
            ),
            *rules(
                a_hold_names_who_holds=Q(held_at__isnull=True, held_by="")
                | Q(held_at__isnull=False) & ~Q(held_by=""),
                log_rate_is_a_percentage=Q(log_rate__lte=100),
            ),
        ]
        default_permissions = ("add",)
        permissions = [(one.codename, one.words) for one in May]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        unknown = set(self.redacted_features) - set(self.feature_names())
        if unknown:
            raise ValidationError(
                {"redacted_features": f"These are not features of this model: {', '.join(sorted(unknown))}."}
            )

    def feature_names(self) -> list[str]:
        if self.pk is None:
            return []
        named = self.signatures.filter(features__isnull=False).order_by("features__name")
        return list(named.values_list("features__name", flat=True).distinct())

    @property
    def is_held(self) -> bool:
        return self.held_at is not None

    @property
    def held_in_words(self) -> str:
        """By whom it is held and why, shortened, for the middle of a sentence: "ada (too many alarms)"."""
        return f"{self.held_by} ({Truncator(self.held_reason.rstrip('. ')).chars(MOST_OF_A_REASON)})"

    def hold(self, *, by: str, reason: str, user: Any = None) -> None:
        """Let only a person promote from now on. `by` must not be empty; `user` is their account, if any."""
        self._set_hold(by, reason, user, held_by=by, held_reason=reason, held_at=timezone.now())

    def lift_hold(self, *, by: str, reason: str, user: Any = None) -> bool:
        """Let the gate promote again; False if the model was not held."""
        return self._set_hold(by, reason, user, held_by="", held_reason="", held_at=None)

    def _set_hold(self, by: str, reason: str, user: Any, **hold: Any) -> bool:
        """Change the row as it is now: its history must not repeat old values of this object."""
        with database.atomic():
            row = type(self).objects.select_for_update(no_key=True).get(pk=self.pk)
            was_held = row.is_held
            if was_held or hold["held_at"]:
                recorded: Any = row
                recorded._history_by, recorded._history_user = by, user
                recorded._change_reason = reason
                for name, value in hold.items():
                    setattr(row, name, value)
                    setattr(self, name, value)
                row.save(update_fields=hold.keys())
        return was_held
