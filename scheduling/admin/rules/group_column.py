"""The field of the group column: it offers what the data have, and takes what they do not have yet."""

from typing import Any

from django import forms

from predictions.models import Dataset, RegisteredModel
from scheduling.models.setup.policy import HELP

OFFERED = "columns_of_the_data"


class OfferingInput(forms.TextInput):
    """A line that offers values and takes others too."""

    template_name = "scheduling/offering_widget.html"
    offered: tuple[str, ...] = ()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"offered": self.offered}


def group_column_field(model: RegisteredModel | None) -> forms.CharField:
    """Return the field for the policy of a model."""
    widget = OfferingInput({"list": OFFERED, "class": "vTextField"})
    widget.offered = tuple(sorted(_columns(model) or ())) if model else ()
    return forms.CharField(max_length=100, required=False, help_text=HELP["group_column"], widget=widget)


def warning_of(model: RegisteredModel, column: str) -> str:
    """Say so where it is known that no row has the column; empty else."""
    known = _columns(model)
    if not column or not known or column in known:
        return ""
    return (
        f"No dataset of {model} has the column “{column}”. Until the evaluation rows have it, no candidate "
        f"can be compared with the live version. Columns there are: {', '.join(sorted(known))}."
    )


def _columns(model: RegisteredModel) -> set[str] | None:
    """Return the columns of the datasets in use, without the label; None where some have no description."""
    roles = (Dataset.Role.EVALUATION, Dataset.Role.TRAINING)
    found = [one for role in roles if (one := Dataset.objects.current(model, role))]
    if not all(one.columns for one in found):
        return None
    labels = set(model.signatures.values_list("output_name", flat=True))
    return {column["name"] for one in found for column in one.columns} - labels
