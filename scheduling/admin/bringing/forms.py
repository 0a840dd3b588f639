"""The forms that bring files: of a new model, a version, a dataset."""

from __future__ import annotations

from typing import Any

from django import forms

from predictions.models import Dataset, RegisteredModel, Signature
from predictions.zone import to_minute
from scheduling.admin.bringing.base import BringingForm, SentFile
from scheduling.views.registering.forms import (
    HELP,
    RegisterDatasetForm,
    RegisterModelForm,
    RegisterVersionForm,
)

TASKS = [("", "as the values look"), *Signature.Task.choices]
DATA_FILE = "CSV or Parquet."
WITHOUT = ", without the other rows of its file"


class NewModelForm(BringingForm):
    """The first step: the files and the label column."""

    checked_by = RegisterModelForm
    folded = ("title", "time", "group", "drop", "task", "positive", "data_changes", "public")

    name = forms.CharField(
        max_length=64, help_text="Clients use it in URLs: a to z, digits, hyphens and underscores."
    )
    training = SentFile(
        label="Training file", help_text=f"{DATA_FILE} Labelled rows that the model is fitted on."
    )
    evaluation = SentFile(
        label="Evaluation file",
        required=False,
        help_text=f"{DATA_FILE} Labelled rows that the model has not seen: they decide whether it goes live. "
        "Without it a fifth of the training rows is held out.",
    )
    output = forms.CharField(label="Label column", max_length=64, help_text=HELP["output"])
    title = forms.CharField(max_length=200, required=False, help_text="What people read. Default: the name.")
    time = forms.CharField(label="Time column", required=False, help_text=HELP["time"])
    group = forms.CharField(label="Group column", required=False, help_text=HELP["group"])
    drop = forms.CharField(
        label="Columns to leave out",
        required=False,
        help_text="Separated by commas. You can also choose them in the next step.",
    )
    task = forms.ChoiceField(choices=TASKS, required=False)
    positive = forms.CharField(label="Label to look for", required=False, help_text=HELP["positive"])
    data_changes = forms.BooleanField(
        label="Its data change with time", initial=True, required=False,
        help_text="Keep this on if versions will be retrained on fresh rows.",
    )  # fmt: skip
    public = forms.BooleanField(required=False, help_text="Anybody may read and call it without a token.")

    def clean_drop(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["drop"].split(",") if name.strip()]


class VersionForm(BringingForm):
    """A fitted model for a model that has its data."""

    checked_by = RegisterVersionForm

    file = SentFile(
        label="Fitted model",
        help_text="A .skops file (skops.io.dump), an .onnx file or CatBoost's .cbm. Nothing in it is "
        "executed: a sandbox opens it, and compares its served form with the model's own answers.",
    )
    trained_on = forms.ChoiceField(
        label="It was fitted on",
        required=False,
        help_text="Nobody can tell otherwise whether it has seen the evaluation rows.",
    )
    name = forms.CharField(
        max_length=100,
        required=False,
        help_text="Letters, digits, dots, hyphens and underscores. Default: the name of the file.",
    )

    def __init__(self, *args: Any, model: RegisteredModel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        datasets = sorted(model.datasets.all(), key=lambda one: one.role != Dataset.Role.TRAINING)
        known = [
            (
                one.sha256,
                f"{one} of {to_minute(one.created_at)}{WITHOUT if 'sent' in one.snapshot else ''}",
            )
            for one in datasets
        ]
        other = ("", "other rows, or nobody knows: the check for leakage fails")
        field: Any = self.fields["trained_on"]
        field.choices = [*known, other]
        field.initial = field.choices[0][0]  # an empty one would be the one without an origin


class DatasetForm(BringingForm):
    """Fresh rows for a model that has a signature."""

    checked_by = RegisterDatasetForm

    role = forms.ChoiceField(
        choices=Dataset.Role.choices,
        help_text="The newest dataset of each role is used from then on. Reference: rows without labels, "
        "which live requests are compared with.",
    )
    file = SentFile(
        label="Data file",
        help_text=f"{DATA_FILE} With the model's columns: its inputs, and what it predicts.",
    )
