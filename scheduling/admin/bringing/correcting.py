"""What can be corrected of a column beside its kind: limits, whether it may be missing, the example."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from predictions.contract.fields import FeatureSpec, Kind
from predictions.tables.corrections import Corrections, has_crossed_bounds

WITH_ENDS, ENDS = ("float", "int"), ("least", "largest")
Said = dict[str, dict[str, Any]]  # option of the API -> column -> what is said


def add_fields(form: forms.Form, field: str, column: dict[str, Any], said: Said) -> dict[str, Any]:
    """Add the fields of a column whose kind is known, and return them as they are shown."""
    if not column.get("kind"):
        return {}
    name = column["name"]
    ends = [*_ends(form, field, column, said["bounds"].get(name))]
    required = said["required"].get(name, column["required"])
    form.fields[f"{field}_optional"] = forms.BooleanField(
        label=f"{name} may be missing", required=False, initial=not required,
        widget=forms.CheckboxInput({"aria-label": f"{name} may be missing"}),
    )  # fmt: skip
    example = as_text(said["examples"].get(name, column["shown"]))
    form.fields[f"{field}_example"] = forms.CharField(
        label=f"example of {name}", required=False, initial=example, max_length=500,
        widget=forms.TextInput({"aria-label": f"example of {name}"}),
    )  # fmt: skip
    return {"ends": ends, "optional": form[f"{field}_optional"], "example": form[f"{field}_example"]}


def _ends(form: forms.Form, field: str, column: dict[str, Any], given: Any) -> Iterator[Any]:
    """Add the two ends of a number, and yield them as they are shown."""
    if column["kind"] not in WITH_ENDS:
        return
    for end, initial in zip(ENDS, given or (column["minimum"], column["maximum"]), strict=True):
        label = f"{end} of {column['name']}"
        widget = forms.NumberInput({"step": "any", "aria-label": label, "placeholder": "wide"})
        form.fields[f"{field}_{end}"] = forms.FloatField(
            label=label, required=False, initial=initial, widget=widget
        )
        yield form[f"{field}_{end}"]


def as_text(example: Any) -> str:
    """Write an example as it is typed."""
    if isinstance(example, bool):
        return str(example).lower()
    return "" if example is None else str(example)


def corrected(form: forms.Form, rows: list[dict[str, Any]], said: Said) -> Said:
    """Return what is not as it was inferred, with an error at the field of what cannot be."""
    found: Said = {"bounds": {}, "required": {}, "examples": {}}
    for row in rows:
        name, field, kind = row["column"]["name"], row["number"], form.cleaned_data.get(row["number"]) or ""
        if "optional" not in row or kind not in [*Kind]:
            continue
        own = {option: value for option, value in _of_row(form, row, kind) if value is not None}
        if kind == row["column"]["kind"] and kind != Kind.CATEGORY:  # of a list the form has the length only
            _check(form, field, _feature(row["column"]), {option: {name: own[option]} for option in own})
        for option, value in own.items():
            if name in said[option] or value != _inferred(row["column"], option):
                found[option][name] = value
    return found


def _of_row(form: forms.Form, row: dict[str, Any], kind: str) -> Iterator[tuple[str, Any]]:
    """Yield (option, what the fields of a row say)."""
    field, given = row["number"], form.cleaned_data
    if row["ends"] and kind in WITH_ENDS:
        yield "bounds", [given.get(f"{field}_{end}") for end in ENDS]
    yield "required", not given.get(f"{field}_optional")
    yield "examples", given.get(f"{field}_example") or None


def _inferred(column: dict[str, Any], option: str) -> Any:
    if option == "bounds":
        return [column["minimum"], column["maximum"]]
    return column["required"] if option == "required" else as_text(column["shown"])


def _feature(column: dict[str, Any]) -> FeatureSpec:
    same = {name: column[name] for name in ("name", "required", "minimum", "maximum")}
    return FeatureSpec(kind=Kind(column["kind"]), example=column["shown"], **same)


def _check(form: forms.Form, field: str, feature: FeatureSpec, said: Said) -> None:
    corrected, problem = Corrections(**said).applied(feature)
    if has_crossed_bounds(corrected):
        form.add_error(f"{field}_{ENDS[0]}", "The least value is over the largest one.")
    elif problem:
        form.add_error(f"{field}_example", problem)
