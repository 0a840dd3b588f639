"""Drafts become datasets: files first, then all rows in one transaction, and no file without a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from predictions.models import Dataset, RegisteredModel
from predictions.registry import artefacts
from scheduling.models import Run
from scheduling.runs.transitions import lock
from scheduling.sources.draft import Draft


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rows of one role, on disk, and where they come from."""

    role: str
    source: str
    draft: Draft
    facts: dict[str, Any]


def keep(run: Run, model: RegisteredModel, parts: list[Part]) -> dict[str, Dataset]:
    """Register the parts, by role; one that equals the newest of its role is that one. Raises `RunFenced`."""
    kept, new = {}, []
    for part in parts:
        newest = Dataset.objects.current(model, part.role)
        if newest and newest.snapshot.get("content") == part.draft.content:
            kept[part.role] = newest
        else:
            new.append(part)
    stored: list[tuple[Part, str, str]] = []
    try:
        for part in new:
            stored.append((part, *_stored(run, model, part)))
        with transaction.atomic():
            lock(run)
            return kept | {part.role: _row(model, part, path, sha256) for part, path, sha256 in stored}
    except BaseException:
        for _, path, _ in stored:
            artefacts.remove(path)
        raise


def _stored(run: Run, model: RegisteredModel, part: Part) -> tuple[str, str]:
    return artefacts.adopt(
        part.draft.path, folder=f"datasets/{model.name}", filename=f"{part.role}-{run.pk}.parquet"
    )


def _row(model: RegisteredModel, part: Part, path: str, sha256: str) -> Dataset:
    return Dataset.objects.create(
        registered_model=model, role=part.role, file=path, sha256=sha256, rows=part.draft.rows,
        source=part.source, snapshot=part.facts | {"content": part.draft.content},
    )  # fmt: skip
