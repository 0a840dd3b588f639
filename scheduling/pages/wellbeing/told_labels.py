"""Whether the answers of a live version were right: by the true labels that were told last."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from predictions.contract.numbers import counted
from predictions.models import Feedback, Promotion, Signature
from predictions.paths import path_of
from scheduling.pages.measured.judged import three_digits
from scheduling.pages.wellbeing.word import Fact, Word

RIGHT = "Right answers"
LOOKED_AT = 500  # of all models' labels those that came last: so it costs the same, however many there are


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was answered, and what was true, of one version."""

    pairs: list[tuple[Any, Any]] = field(default_factory=list)
    is_all: bool = True  # whether no label of any model was left out


def told_of(versions: Collection[int]) -> dict[int, Told]:
    """Return what was told of each version: one query, in the order of the index by arrival."""
    columns = ("prediction__model_version_id", "prediction__output", "label")
    rows = list(Feedback.objects.order_by("-at").values_list(*columns)[:LOOKED_AT])
    found: dict[int, list[tuple[Any, Any]]] = {version: [] for version in versions}
    for version, output, label in rows:
        if version in found:
            found[version].append((output, label))
    return {pk: Told(pairs=pairs, is_all=len(rows) < LOOKED_AT) for pk, pairs in found.items()}


def right_fact(told: Told, live: Promotion) -> Fact:
    """A number and no verdict: how many have to be right is not known. The watch compares with before."""
    found, page = _score(told.pairs, live.version.signature.task), ""
    if not told.pairs:
        found, page = "not known yet: no true label has come back. How to tell them", path_of("docs")
        if not told.is_all:
            found = f"not known: none of the newest {LOOKED_AT} true labels is of it. How to tell them"
    return Fact(name=RIGHT, found=found, word=Word.UNKNOWN, href=page)


def _score(pairs: list[tuple[Any, Any]], task: str) -> str:
    if not pairs:
        return ""
    if task == Signature.Task.REGRESSION:
        off = sum(abs(output - label) for output, label in pairs) / len(pairs)
        return f"off by {three_digits(off)} on average, by the {counted(len(pairs), 'true value')} told last"
    right = sum(output == label for output, label in pairs)
    return f"{right:,} of {len(pairs):,} ({right / len(pairs):.0%}), by the true labels told last"
