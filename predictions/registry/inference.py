"""From the cells of a data file to a signature: what they say is taken, what they do not say is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from predictions.contract.fields import FeatureSpec, FieldError, Kind
from predictions.contract.names import problem_of_output
from predictions.contract.signature import SignatureSpec
from predictions.tables.corrections import Bounds, Corrections
from predictions.tables.features import feature_of, lost_in, widened
from predictions.tables.kinds.answering import answered
from predictions.tables.kinds.column import Column, Found
from predictions.tables.kinds.looking import look_at
from predictions.tables.labels import Output, look_at_output
from predictions.tables.names import listed, problem_of_name
from predictions.tables.typed import typed

if TYPE_CHECKING:
    import pandas as pd

MOST_FEATURES = 2000
SAYS_WHEN = "says when each row was true"
GROUPS = "tells which rows belong together"
TASKS = ("classification", "regression")


@dataclass(frozen=True, kw_only=True)
class Question(FieldError):
    """What the cells do not say: a column and the choices, to be answered with `kinds`, `drop` or `task`."""

    choices: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | ({"choices": list(self.choices)} if self.choices else {})


@dataclass(frozen=True, kw_only=True)
class Inferred:
    """The signature that the cells show, or what must be answered first; then `spec` lacks what is asked."""

    spec: SignatureSpec
    notes: list[str] = field(default_factory=list)  # what was decided, and why
    questions: list[Question] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ReadFeature:
    """What a column says; no feature where its kind must be asked for."""

    feature: FeatureSpec | None = None
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def infer(
    cells: pd.DataFrame, *, output: str, task: str | None = None, positive: Any = None,
    drop: Sequence[str] = (), time: str = "", group: str = "", kinds: Mapping[str, str] | None = None,
    bounds: Mapping[str, Bounds] | None = None, required: Mapping[str, bool] | None = None,
    examples: Mapping[str, Any] | None = None, also: pd.DataFrame | None = None,
) -> Inferred:  # fmt: skip
    """Return the signature of a file as `read_cells` returns it.

    `output` is the label column. `time` and `group` say which rows belong together; they are no features
    unless `kinds` names them. `also` are the cells of the evaluation file: what is missing or listed there is
    allowed too. `bounds`, `required` and `examples` stand in place of what the cells show.
    If `questions` is not empty, nothing should be registered.
    """
    kinds = dict(kinds or {})
    corrections = Corrections(bounds=bounds or {}, required=required or {}, examples=examples or {})
    begins = 2 if all(str(dtype) == "object" for dtype in cells.dtypes) else 1
    wrong = _wrong_names(cells, output=output, task=task, drop=drop, time=time, group=group, kinds=kinds)
    unknown = corrections.of_no_column(set(map(str, cells.columns)))
    wrong += [Question(field=option, message=message) for option, message in unknown]
    without = {output, *drop, *({time, group} - kinds.keys())}
    names = [name for name in map(str, cells.columns) if name not in without]
    if len(names) > MOST_FEATURES:  # looking at so many takes a minute
        message = f"At most {MOST_FEATURES} features are possible, and these are {len(names)}. Drop some."
        wrong.append(Question(field="training", message=message))
    if wrong:
        return Inferred(spec=SignatureSpec(task or "", output, (), ()), questions=wrong)
    about, notes, questions = _read_output(cells, output, task, positive, begins)
    read = [
        _read_feature(
            name, Column(cells[name], begins), kinds.get(name), corrections, _cells(also, name, begins)
        )
        for name in names
    ]
    features = [one.feature for one in read if one.feature]
    notes += [note for one in read for note in one.notes]
    questions += [question for one in read for question in one.questions]
    questions += _bad_features(features) if not questions else []
    apart = {name: does for name, does in ((time, SAYS_WHEN), (group, GROUPS)) if name and name in without}
    spec = SignatureSpec(about.task, output, about.labels, tuple(features))
    return Inferred(spec=spec, notes=[*notes, *_told(features, apart)], questions=questions)


def _read_output(
    cells: pd.DataFrame, output: str, task: str | None, positive: Any, begins: int
) -> tuple[Output, list[str], list[Question]]:
    """Return what the label column is, with the notes and the questions about it."""
    about = look_at_output(Column(cells[output], begins), task)
    questions = [_question_of_output(output, about.question, about.choices)] if about.question else []
    if positive is not None and about.labels and _label(positive) not in map(_label, about.labels):
        questions.append(Question(field="positive", message="This is none of the labels."))
    return about, [*_notes_of_output(cells, output, begins), *about.notes], questions


def _cells(cells: pd.DataFrame | None, name: str, begins: int) -> Column | None:
    return Column(cells[name], begins) if cells is not None and name in cells else None


def _read_feature(
    name: str, column: Column, kind: str | None, corrections: Corrections, also: Column | None
) -> ReadFeature:
    """Return what a column says, and `also` the same column of the evaluation file; `kind` is the answer."""
    found = answered(column, Kind(kind)) if kind else look_at(column)
    notes = [f"{name}: {found.note}."] if found.note else []
    if found.kind is None:
        return ReadFeature(notes=notes, questions=[_question(name, found)])
    feature, questions = feature_of(name, column, found), list[Question]()
    if also is not None:
        values = typed(also.cells, feature.kind)
        if lost := lost_in(also, values, feature.kind):
            is_said = kind is not None or (column.is_declared and also.is_declared)
            notes += [f"{name}: {lost.question}."] if is_said else []
            questions += [] if is_said else [_question(name, lost)]
        feature = widened(feature, values)
    feature, problem = corrections.applied(feature)
    questions += [Question(field=name, message=problem)] if problem else []
    return ReadFeature(feature=feature, notes=notes, questions=questions)


def _wrong_names(cells: pd.DataFrame, **given: Any) -> list[Question]:
    """What is said about columns that do not exist, or about kinds and tasks that do not."""
    known, kinds = set(map(str, cells.columns)), given["kinds"]
    named = [("output", given["output"]), ("time", given["time"]), ("group", given["group"])]
    named += [("drop", name) for name in given["drop"]] + [("kinds", name) for name in kinds]
    among = listed([*map(str, cells.columns)], 20)
    wrong = [
        Question(field=where, message=f"There is no column {name}. The columns are {among}.")
        for where, name in named
        if name not in known and (name or where == "output")
    ]
    wrong += [
        Question(field=where, message=f"{name} is the output. Name another column.")
        for where, name in named
        if name == given["output"] and where not in ("output", "kinds")
    ]
    if given["task"] not in (None, *TASKS):
        wrong.append(Question(field="task", message="Choose one of these.", choices=TASKS))
    if problem := problem_of_output(given["output"]):
        wrong.append(Question(field="output", message=problem))
    for name, kind in kinds.items():
        if kind not in [*Kind]:
            wrong.append(
                Question(field=name, message="There is no such kind.", choices=tuple(map(str, Kind)))
            )
    return wrong


def _label(label: Any) -> str:
    return str(label).lower()


def _question_of_output(name: str, what: str, choices: tuple[str, ...]) -> Question:
    answer = f" Answer with task: {' or '.join(choices)}." if choices else ""
    end = "" if what.endswith("?") else "."
    return Question(
        field="task" if choices else name, message=f"{name}: {what}{end}{answer}", choices=choices
    )


def _question(name: str, found: Found) -> Question:
    kinds = [one for one in found.choices if one != "drop"]
    ways = ["drop"] if "drop" in found.choices else []
    ways += [f'kinds {{"{name}": "{kind}"}}' for kind in kinds]
    end = "" if found.question.endswith("?") else "."
    message = f"{name}: {found.question}{end} Answer with {' or '.join(ways)}."
    return Question(field=name, message=message, choices=found.choices)


def _notes_of_output(cells: pd.DataFrame, output: str, begins: int) -> list[str]:
    without = cells[output].isna().to_numpy()
    if not without.any():
        return []
    count, first = int(without.sum()), int(without.argmax()) + begins
    return [f"Without a label, and left out: {count} of {len(cells)} rows, the first is row {first}."]


def _bad_features(features: list[FeatureSpec]) -> list[Question]:
    if not features:
        return [Question(field="training", message="No column is left as a feature.")]
    return [
        Question(field=feature.name, message=f"The name {problem}.")
        for feature in features
        if (problem := problem_of_name(feature.name))
    ]


def _told(features: list[FeatureSpec], apart: dict[str, str]) -> list[str]:
    """Each kind with its features, and what else a reader should know."""
    by_kind = {kind: [one.name for one in features if one.kind is kind] for kind in Kind}
    told = [f"As {kind}: {listed(names)}." for kind, names in by_kind.items() if names]
    optional = [one.name for one in features if not one.required]
    told += [f"May be missing, as they are in some rows: {listed(optional)}."] if optional else []
    return told + [f"{name} {does}, and is no feature." for name, does in apart.items()]
