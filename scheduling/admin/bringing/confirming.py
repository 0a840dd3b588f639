"""The second step: what was inferred of each column, as choices in words, to correct and confirm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django import forms

from predictions.contract.fields import FieldError
from predictions.models import RegisteredModel
from scheduling.admin.bringing.base import BringingForm
from scheduling.admin.bringing.forms import TASKS
from scheduling.admin.bringing.preview import Preview, facts_of
from scheduling.views.registering.forms import HELP, RegisterModelForm

DROP = "drop"
KINDS = {
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "text": "free text",
    "category": "one of a closed list",
    "timestamp": "a date or time",
    DROP: "leave it out",
}
OPTIONS = ("output", "task", "positive", "time", "group")
WITH_ENDS, ENDS = ("float", "int"), ("least", "largest")
MOST_SHOWN = 250  # columns; of a wider file only those that are asked about


class ConfirmForm(BringingForm):
    """The options as lists of the file's columns, a question for each column that is asked about, a table."""

    checked_by = RegisterModelForm
    folded = OPTIONS

    output = forms.ChoiceField(label="Label column", help_text=HELP["output"])
    task = forms.ChoiceField(choices=TASKS, required=False)
    positive = forms.CharField(label="Label to look for", required=False, help_text=HELP["positive"])
    time = forms.ChoiceField(label="Time column", required=False, help_text=HELP["time"])
    group = forms.ChoiceField(label="Group column", required=False, help_text=HELP["group"])

    def __init__(self, data: Any = None, *, preview: Preview, model: RegisteredModel) -> None:
        super().__init__(data, initial=preview.given)
        self.preview, self.model = preview, model
        names = [(one["name"], one["name"]) for one in preview.columns]
        lists: Any = self.fields
        lists["output"].choices = names
        lists["time"].choices = lists["group"].choices = [("", "none"), *names]
        self.asked_rows: list[dict[str, Any]] = []
        self.rows: list[dict[str, Any]] = []
        for number, column in enumerate(preview.columns):
            self._add(f"column_{number}", column)

    def _add(self, field: str, column: dict[str, Any]) -> None:
        """Add the choice of a column: to the questions, or to the table; none where it is no feature."""
        name, given = column["name"], self.preview.given
        apart = {given["output"], *({given.get("time"), given.get("group")} - given.get("kinds", {}).keys())}
        question = self.preview.questions.get(name)
        if (question and name == given["output"]) or (not question and name in apart):
            return
        if not question and len(self.preview.columns) > MOST_SHOWN:
            return
        kinds = (question or {}).get("choices") or ([DROP] if question else [*KINDS])
        inferred = given.get("kinds", {}).get(name) or column.get("kind", "")
        initial = DROP if name in given.get("drop", ()) else inferred
        choices = [(kind, KINDS[kind]) for kind in kinds]
        if not question and not initial:
            choices = [("", "not known yet"), *choices]
        widget = forms.RadioSelect if question else forms.Select
        said = question["message"].partition(" Answer with ")[0] if question else ""
        self.fields[field] = forms.ChoiceField(
            label=name, help_text=said, choices=choices, initial=None if question else initial,
            widget=widget, required=bool(question),
            error_messages={"required": "Choose one of these."},
        )  # fmt: skip
        rows = self.asked_rows if question else self.rows
        row = {"column": column, "field": self[field], "number": field}
        rows.append(row if question else row | {"ends": [*self._ends(field, column)]})

    def _ends(self, field: str, column: dict[str, Any]) -> Iterator[Any]:
        """Add the two ends of a number, and yield them as they are shown."""
        if column.get("kind") not in WITH_ENDS:
            return
        given = self.preview.given.get("bounds", {}).get(column["name"])
        for end, initial in zip(ENDS, given or (column["minimum"], column["maximum"]), strict=True):
            label = f"{end} of {column['name']}"
            widget = forms.NumberInput({"step": "any", "aria-label": label, "placeholder": "none"})
            self.fields[f"{field}_{end}"] = forms.FloatField(
                label=label, required=False, initial=initial, widget=widget
            )
            yield self[f"{field}_{end}"]

    @property
    def problems(self) -> list[str]:
        """What is wrong and no question about a column."""
        asked = {row["column"]["name"] for row in self.asked_rows}
        named = {**{name: self.fields[name].label for name in OPTIONS}, "task": "Task"}
        return [
            f"{named.get(field, field)}: {one['message'].partition(' Answer with ')[0]}"
            for field, one in self.preview.questions.items()
            if field not in asked
        ]

    @property
    def is_open(self) -> bool:
        return super().is_open or any(name in self.preview.questions for name in OPTIONS)

    @property
    def is_other(self) -> bool:
        """Whether an option was changed, so that the table is not that of the answers."""
        return any(self.cleaned_data[name] != (self.preview.given.get(name) or "") for name in OPTIONS)

    def stated(self) -> dict[str, Any]:
        """Return the fields as the API takes them. A kind that was inferred is no answer."""
        given = self.preview.given
        kinds, drop = dict(given.get("kinds", {})), set(given.get("drop", ()))
        for row in (*self.asked_rows, *self.rows):
            name, kind = row["column"]["name"], self.cleaned_data.get(row["number"])
            drop.discard(name)
            if kind == DROP:
                drop.add(name)
                kinds.pop(name, None)
            elif kind and (name in kinds or kind != row["column"].get("kind")):
                kinds[name] = kind
        bounds = self._bounds()
        options = {name: value for name in OPTIONS if (value := self.cleaned_data.get(name))}
        answers = {"kinds": json.dumps(kinds), "bounds": json.dumps(bounds), "drop": sorted(drop)}
        files = {"name": self.model.name, **facts_of(self.model)}
        files |= dict.fromkeys(self.preview.run.parameters["files"], True)
        return files | options | {name: value for name, value in answers.items() if value not in ("{}", [])}

    def _bounds(self) -> dict[str, list[float | None]]:
        """Return the ends of each number that are not as they were inferred."""
        given, bounds = self.preview.given.get("bounds", {}), {}
        for row in self.rows:
            column, field = row["column"], row["number"]
            if not row["ends"] or self.cleaned_data.get(field) not in WITH_ENDS:
                continue
            ends = [self.cleaned_data.get(f"{field}_{end}") for end in ENDS]
            known = [end for end in ends if end is not None]
            if known != sorted(known):
                self.add_error(f"{field}_{ENDS[0]}", "The least value is over the largest one.")
            if column["name"] in given or ends != [column["minimum"], column["maximum"]]:
                bounds[column["name"]] = ends
        return bounds

    def tell(self, errors: Any) -> None:
        """As for the other forms; an error that names a column is shown at its choice."""
        numbers = {row["column"]["name"]: row["number"] for row in (*self.asked_rows, *self.rows)}
        super().tell(
            FieldError(field=numbers.get(one.field, one.field), message=one.message) for one in errors
        )
