"""What a person sees before a model is registered: what was inferred of its columns, and what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from predictions.contract.fields import FieldError, InvalidInput
from predictions.models import RegisteredModel
from scheduling.registering.reading import held_out_of, infer, notes_of, prove, read_files

if TYPE_CHECKING:
    import pandas as pd

    from predictions.contract.fields import FeatureSpec

LONGEST = 40  # characters of an example


def preview(
    model: RegisteredModel, sent: dict[str, bytes], *, output: str, question: dict[str, Any], **_: Any
) -> dict[str, Any]:
    """Return as JSON the `columns`, with what was inferred of each, `notes`, and the open `questions`.

    Raises `InvalidInput` where a file cannot be read.
    """
    files = read_files(sent)
    cells = files["training"].cells
    inferred = infer(files, output=output, question=question)
    features = {feature.name: feature for feature in inferred.spec.features}
    columns = [_column(cells[name], features.get(str(name))) for name in cells.columns]
    errors: list[FieldError] = []
    notes = [*notes_of(files), *inferred.notes]
    try:
        prove(inferred, model, files, group=question.get("group", ""))
        held_out = held_out_of(inferred, model, files, question=question)
        notes += [held_out.note] if held_out else []
    except InvalidInput as error:
        errors = error.errors
    same = {"task": inferred.spec.task, "labels": [str(label) for label in inferred.spec.labels]}
    asked = [one.as_dict() for one in errors]
    return same | {"columns": columns, "notes": notes, "questions": asked}


def _column(cells: pd.Series, feature: FeatureSpec | None) -> dict[str, Any]:
    known = cells.dropna()
    shown = {
        "name": str(cells.name),
        "missing": int(cells.isna().sum()),
        "example": str(known.iloc[0])[:LONGEST] if len(known) else "",
    }
    if feature is None:
        return shown
    return shown | {
        "kind": str(feature.kind),
        "required": feature.required,
        "minimum": feature.minimum,
        "maximum": feature.maximum,
        "categories": len(feature.categories),
        "shown": feature.example,
    }
