"""A version's model card as Markdown, written from the registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template.defaultfilters import filesizeformat

from predictions.models import ModelVersion
from predictions.zone import to_minute
from scheduling.admin.version_page.facts import bounds_of, history_of, last_verdict
from scheduling.evidence_page.words import summary_of
from scheduling.models import Run
from scheduling.pages.estimators import estimator_of, size_of

SPECIAL = str.maketrans({"|": r"\|", "\n": " ", "<": "&lt;", "`": "'"})
MOST_FEATURES = 200


def card_of(version: ModelVersion) -> str:
    """Return the card. It holds no value of a row: bounds, categories, metrics and names alone."""
    run = last_verdict(version)
    parts = [
        f"# {plain(version.registered_model.title)}: version {version.label}",
        _use(version),
        _data(version, run),
        _limits(version),
        _metrics(run),
        _checks(run),
        _history(version),
        _environment(version),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _use(version: ModelVersion) -> str:
    signature, model = version.signature, version.registered_model
    labels = f" Its labels are {', '.join(map(plain, signature.labels))}." if signature.labels else ""
    retired = " It is retired: its files were removed." if version.retired_at else ""
    return (
        f"## Intended use\n\nIt predicts {plain(signature.output_name)} ({signature.task}) for the model "
        f"{plain(model.name)}, from the inputs listed below.{labels}{retired}\n\n"
        f"It is a {plain(estimator_of(version))} named {plain(version.name)}, {version.source} by "
        f"{plain(version.created_by)} at {to_minute(version.created_at)}. It is served as "
        f"{version.get_rung_display()} ({_size(version)})."
    )


def _size(version: ModelVersion) -> str:
    size = size_of(version, served=True)
    return "no file" if size is None else filesizeformat(size)


def _data(version: ModelVersion, run: Run | None) -> str:
    told = []
    if training := version.training_dataset:
        told.append(f"- Trained on {training.rows:,} rows (dataset {training.pk}, {training.sha256[:12]}).")
    else:
        told.append("- Nobody said what it was trained on.")
    if run and (judged := run.evaluation_dataset):
        told.append(f"- Judged on {judged.rows:,} other rows (dataset {judged.pk}, {judged.sha256[:12]}).")
    return "## Data\n\n" + "\n".join(told)


def _limits(version: ModelVersion) -> str:
    features = list(version.signature.features.order_by("position")[:MOST_FEATURES])
    rows = [
        (one.name, one.kind, _bounds(one), "yes" if one.required else "may be missing") for one in features
    ]
    text = "It answers inputs within these limits only. Others are refused."
    return f"## Limits of the data\n\n{text}\n\n" + table(("Input", "Kind", "Allowed", "Required"), rows)


def _bounds(one: Any) -> str:
    if one.categories:
        return ", ".join(map(str, one.categories[:20])) + (", …" if len(one.categories) > 20 else "")
    return " and ".join(bounds_of(one)) or "any"


def _metrics(run: Run | None) -> str:
    result = run and run.results.filter(check_id="evaluation_metrics").first()
    if not result:
        return "## Metrics\n\nNo run has measured it."
    mine, other = (result.measured.get(who) or {} for who in ("candidate", "champion"))
    rows = [(name, figure(value), figure(other.get(name))) for name, value in mine.items()]
    text = f"{result.message} {result.statistics}".strip()
    return f"## Metrics\n\n{plain(text)}\n\n" + table(("Metric", "This version", "Champion then"), rows)


def _checks(run: Run | None) -> str:
    results = list(run.results.all()) if run else []
    if not run or not results:
        return ""
    rows = [(one.check_id, one.shown_level, one.message) for one in results]
    return f"## Checks of run {run.pk}: {summary_of(results)}\n\n" + table(("Check", "Level", "Result"), rows)


def _history(version: ModelVersion) -> str:
    rows = [(to_minute(one["at"]), one["what"], one["why"]) for one in history_of(version)]
    return "## Decisions\n\n" + (table(("When", "What", "Why"), rows) if rows else "None yet.")


def _environment(version: ModelVersion) -> str:
    rows = [*version.libraries.items(), ("artefact (SHA-256)", version.artefact_sha256)]
    return "## Environment\n\n" + table(("What", "Version"), rows)


def table(heads: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    """Return a table; what Markdown would read as markup is escaped."""
    lines = [heads, tuple("---" for _ in heads), *(tuple(map(plain, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(value: Any) -> str:
    """Return text without markup."""
    return str(value).translate(SPECIAL)


def figure(value: Any) -> str:
    """Return a number with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else "–" if value is None else str(value)
