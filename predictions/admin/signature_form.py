"""The forms of a signature and its features: lists are lines, and an example is typed as its kind."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from predictions.admin.values import HOW, TRUTHS, LinesField, read_bare
from predictions.contract.fields import Kind
from predictions.models import Feature, Signature

OF_LABELS = f"A classification's labels, in order, one on each line. {HOW}"
OF_CATEGORIES = "Of a category: all its values, one on each line."
OF_EXAMPLES = "A value as requests send it: 3.5, a text, true or false, 2026-03-01T12:00:00."


class SignatureForm(forms.ModelForm):
    """Labels are lines."""

    labels = LinesField(typed=True, required=False, help_text=OF_LABELS)

    class Meta:
        model = Signature
        fields = ("registered_model", "number", "task", "output_name", "labels")


class FeatureForm(forms.ModelForm):
    """Categories are lines, and the example is read by the kind, which comes before it."""

    categories = LinesField(required=False, help_text=OF_CATEGORIES)
    example = forms.CharField(strip=False, help_text=OF_EXAMPLES)

    class Meta:
        model = Feature
        fields = (
            "position", "name", "kind", "required", "minimum", "exclusive_minimum", "maximum",
            "exclusive_maximum", "categories", "example", "dtype", "description",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.initial.get("example"), bool):
            self.initial["example"] = str(self.initial["example"]).lower()

    def clean_example(self) -> Any:
        """Return it as its kind; what does not fit is refused by the feature itself."""
        text, kind = self.cleaned_data["example"], self.cleaned_data.get("kind")
        if kind not in (Kind.FLOAT, Kind.INT, Kind.BOOL):
            return text
        value = read_bare(text.strip(), TRUTHS)
        if isinstance(value, str):
            wanted = "true or false" if kind == Kind.BOOL else "a number, such as 3.5"
            raise ValidationError(f"Enter {wanted}.")
        return value
