"""Registered models: what is live under each name, rolled back, held and resumed by people."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from predictions.admin import base
from predictions.admin.editing import FlipForm, Instead, ReasonForm, WithHistory, confirmed, live_now
from predictions.admin.of_model import OfModel
from predictions.models import ModelVersion, Promotion, RegisteredModel, Worker
from predictions.models.people.access import REGISTER, May
from predictions.models.promotion import live_promotion, live_promotions
from predictions.registry.promotion import Approval, roll_back, version_before
from predictions.serving.worker_report import ServedBy
from predictions.zone import to_minute, to_second


class RegisteredModelForm(forms.ModelForm):
    """Offers the names of the model's features to choose the redacted ones from."""

    redacted_features = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Values of these features are never written to the prediction log.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "redacted_features" in self.fields:
            choices = [(name, name) for name in self.instance.feature_names()]
            self.fields["redacted_features"].choices = choices  # type: ignore[attr-defined]


PAUSED = "Automatic promotion is paused: no candidate goes live by itself until somebody resumes it."


def _said_of_roll_back(live: Promotion, before: ModelVersion) -> str:
    """What goes live instead of what, and what happens then."""
    back, gone = (f"{one.label} ({one.name})" for one in (before, live.version))
    return (
        f"{back} goes live within a second, instead of {gone}, live since {to_minute(live.at)}.\n"
        "Automatic promotion is then paused, so that the next retraining does not undo this."
    )


def nothing_before(request: HttpRequest, model: RegisteredModel) -> Instead | None:
    """Say why there is nothing to roll back to; None where there is a version."""
    live = live_promotion(model)
    if live is None:
        return Instead(why="Nothing is live, so there is nothing to roll back.")
    if version_before(live) is None:
        return Instead(
            why=f"{live.version} is the oldest version that was live, so there is none to roll back "
            "to. To have another one live, promote it on its own page."
        )
    return None


@admin.register(RegisteredModel)
class RegisteredModelAdmin(base.PreparedListMixin, OfModel, WithHistory):
    """What is live under each name; a person may roll back, and pause and resume."""

    of_model, edited_by = "", May.CHANGE
    list_display = ("name", "title", "default", "who_may_ask", "live", "held", "served_by")
    form = RegisteredModelForm
    fields = (
        "name", "title", "is_default", "data_changes", "public", "invalid_input_message", "log_rate",
        "redacted_features", "live", "held", "served_by", "predictions",
    )  # fmt: skip
    readonly_fields = ("live", "held", "served_by", "predictions")
    actions: Any = ("roll_back", "set_hold", "lift_hold")
    default = base.in_words("is_default", "default", no="–")
    who_may_ask = base.in_words("public", "who may ask it", yes="everybody", no="those with a role")
    held = base.column("paused by", lambda row: f"{row.held_by}: {row.held_reason}" if row.is_held else "–")
    predictions = base.column("predictions", lambda row: base.log_link(model=row.name))

    def get_readonly_fields(self, request: HttpRequest, obj: RegisteredModel | None = None) -> Any:
        """The name is part of clients' URLs, so it cannot be changed."""
        return ("name", *self.readonly_fields) if obj else self.readonly_fields

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or self.has_add_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(REGISTER)

    def prepare(self, models: list[RegisteredModel]) -> None:
        alive = list(Worker.objects.alive())
        live = live_promotions(RegisteredModel.objects.filter(pk__in=[model.pk for model in models]))
        for model in models:
            model.shown = live.get(model.pk), alive  # type: ignore[attr-defined]

    @admin.display(description="live version")
    def live(self, model: RegisteredModel) -> str:
        promotion, _ = self.shown(model)
        if promotion is None:
            return "nothing is live"
        version = promotion.version
        return f"{version.label} ({version.name}), by {promotion.by} at {to_second(promotion.at)}"

    @admin.display(description="served by")
    def served_by(self, model: RegisteredModel) -> str:
        live, alive = self.shown(model)
        return ServedBy.among(alive, model.name, live.version.label).sentence if live else "–"

    def warning_of_roll_back(self, model: RegisteredModel) -> str:
        """What a roll back does; nothing where there is none."""
        live = live_promotion(model)
        before = version_before(live)
        return self.consequences(live, before) if live and before else ""

    def consequences(self, live: Promotion, before: ModelVersion) -> str:
        """What a roll back to the version before does, told before it."""
        return _said_of_roll_back(live, before)

    def scores(self, version: ModelVersion | None) -> str:
        """What was measured of it and of the live version; the registry does not know."""
        return ""

    @confirmed(
        description="Roll back to the version before…", needs=May.ROLL_BACK, title="Roll back",
        warning=warning_of_roll_back,
        shown=lambda admin, request, model: admin.scores(version_before(live_promotion(model))),
        form_class=FlipForm,
        initial=lambda model: {"live_then": live_now(live_promotion(model))},
        instead=nothing_before,
    )  # fmt: skip
    def roll_back(self, request: HttpRequest, model: RegisteredModel, form: FlipForm) -> str:
        approval = Approval.by_person(request.user, reason=form.cleaned_data["reason"])
        live = live_promotion(model)
        form.refuse_other(live)
        version = roll_back(registered_model=model, replacing=live, approval=approval).version
        told = f"{version} is live again. {PAUSED}"
        if live is None or not self.may(request, May.PROMOTE, model):
            return told
        undo = f"Undo: promote {live.version.label} again…"
        return format_html('{} <a href="{}">{}</a>', told, base.question_of(live.version, "promote"), undo)

    @confirmed(
        description="Pause automatic promotion…", needs=May.SET_HOLD, title="Pause automatic promotion",
        warning="Retraining and checks go on, but no candidate goes live by itself. People can still "
        "promote, approve and roll back. It stays so until somebody resumes it.",
        form_class=ReasonForm,
    )  # fmt: skip
    def set_hold(self, request: HttpRequest, model: RegisteredModel, form: ReasonForm) -> str:
        model.hold(by=request.user.get_username(), user=request.user, reason=form.cleaned_data["reason"])
        return PAUSED

    @confirmed(
        description="Resume automatic promotion…", needs=May.LIFT_HOLD, title="Resume automatic promotion",
        warning="From now on the program acts by itself again: it rolls back a version that gets worse while "
        "it is watched, and a candidate that passes its checks goes live, if the policy lets it.",
        form_class=ReasonForm,
    )  # fmt: skip
    def lift_hold(self, request: HttpRequest, model: RegisteredModel, form: ReasonForm) -> str:
        lifted = model.lift_hold(
            by=request.user.get_username(), user=request.user, reason=form.cleaned_data["reason"]
        )
        return "Automatic promotion is resumed." if lifted else "Automatic promotion was not paused."

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
