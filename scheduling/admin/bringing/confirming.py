"""The second step: what was inferred of each column, as choices in words, to correct and confirm."""

from __future__ import annotations

import json
from typing import Any

from django import forms

from predictions.contract.fields import FieldError
from predictions.models import RegisteredModel
from scheduling.admin.bringing.base import BringingForm
from scheduling.admin.bringing.correcting import Said, add_fields, corrected
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
        self.said: Said = {name: preview.given.get(name) or {} for name in ("bounds", "required", "examples")}
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
        problem = question["message"] if question and self._is_corrected(name, question) else ""
        question = None if problem else question
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
        rows.append(
            row if question else row | {"problem": problem} | add_fields(self, field, column, self.said)
        )

    def _is_corrected(self, name: str, question: dict[str, Any]) -> bool:
        """Whether what is wrong with a column is what was said of it in the table."""
        return not question.get("choices") and any(name in said for said in self.said.values())

    @property
    def problems(self) -> list[str]:
        """What is wrong and no question about a column."""
        asked = {row["column"]["name"] for row in (*self.asked_rows, *self.rows)}
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
        options = {name: value for name in OPTIONS if (value := self.cleaned_data.get(name))}
        answers = {"kinds": json.dumps(kinds), "drop": sorted(drop)}
        answers |= {name: json.dumps(said) for name, said in corrected(self, self.rows, self.said).items()}
        files = {"name": self.model.name, **facts_of(self.model)}
        files |= dict.fromkeys(self.preview.run.parameters["files"], True)
        return files | options | {name: value for name, value in answers.items() if value not in ("{}", [])}

    def tell(self, errors: Any) -> None:
        """As for the other forms; an error that names a column is shown at its choice."""
        numbers = {row["column"]["name"]: row["number"] for row in (*self.asked_rows, *self.rows)}
        super().tell(
            FieldError(field=numbers.get(one.field, one.field), message=one.message) for one in errors
        )
