"""The field of a recipe's parameters: a line for each, with its name and its values."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from predictions.admin.values import read_values, write_values
from scheduling.models.setup.estimators import PARAMETERS, in_words

EMPTY = 3  # lines that are offered for more
Lines = list[tuple[str, str]]  # name and values, as they are typed


class ParametersWidget(forms.Widget):
    """A table of lines; `allowed`: what each parameter of the estimator may be."""

    template_name = "scheduling/parameters_widget.html"
    allowed: dict[str, str] = {}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add empty lines, and to each what may be entered."""
        lines = [*(value or []), *[("", "")] * EMPTY]
        shown = [(of, values, in_words(self.allowed.get(of, ""))) for of, values in lines]
        known = self.allowed or {one for parameters in PARAMETERS.values() for one in parameters}
        context = super().get_context(name, value, attrs)
        applies = context["widget"]["attrs"].get("data-applies")
        return context | {"lines": shown, "known": sorted(known), "applies": applies}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Lines:
        """Return the lines in which something was entered."""
        columns = [data.getlist(f"{name}_{part}") for part in ("name", "values")]
        return [(of.strip(), values) for of, values in zip(*columns, strict=False) if (of + values).strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_name" not in data

    def id_for_label(self, id_: str) -> str:
        """The first name has the id."""
        return id_


class ParametersField(forms.Field):
    """Parameters, each with a list of values."""

    widget = ParametersWidget

    def to_python(self, value: Any) -> dict[str, list[Any]]:
        """Read the lines. Raises `ValidationError` with a sentence for each that cannot be read."""
        found, wrong = dict[str, list[Any]](), []
        for name, typed in value or []:
            try:
                found[name] = _read(name, typed, found)
            except ValidationError as error:
                wrong += [f"{name or 'A line'}: {message}" for message in error.messages]
        if wrong:
            raise ValidationError(wrong)
        return found

    def prepare_value(self, value: Any) -> Any:
        """Show parameters as lines; what was refused is lines already."""
        if not isinstance(value, dict):
            return value
        return [(name, write_values(values)) for name, values in value.items()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial or {}) != (data or [])


def _read(name: str, typed: str, found: dict[str, list[Any]]) -> list[Any]:
    values = read_values(typed)
    if not name:
        raise ValidationError("Enter the name of the parameter.")
    if name in found:
        raise ValidationError("Name it once, with all its values.")
    if not values:
        raise ValidationError("Enter at least one value.")
    return values
