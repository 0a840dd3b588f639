"""A version's model card, written from the registry: its parts for a page, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.template.defaultfilters import filesizeformat

from predictions.contract.numbers import counted
from predictions.models import ModelVersion
from predictions.zone import to_minute
from scheduling.admin.version_page.facts import bounds_of, history_of, last_verdict
from scheduling.evidence_page.words import summary_of
from scheduling.models import Run
from scheduling.pages.tabs.estimators import estimator_of, size_of

SPECIAL = str.maketrans({"|": r"\|", "\n": " ", "<": "&lt;", "`": "'"})
MOST_FEATURES = 200


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the card: a heading, sentences, and a table, whose first row are its heads."""

    heading: str
    texts: list[str] = field(default_factory=list)
    heads: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def markdown(self) -> str:
        parts = [f"## {self.heading}", *map(plain, self.texts)]
        return "\n\n".join([*parts, table(self.heads, self.rows)] if self.rows else parts)


def card_of(version: ModelVersion) -> str:
    """Return the card. It holds no value of a row: bounds, categories, metrics and names alone."""
    title = f"# {plain(version.registered_model.title)}: version {version.label}"
    return "\n\n".join([title, *(one.markdown for one in sections_of(version))]) + "\n"


def sections_of(version: ModelVersion) -> list[Section]:
    """Return what the card tells, for its Markdown and for the page."""
    run = last_verdict(version)
    return [
        _use(version),
        _data(version, run),
        _limits(version),
        _metrics(run),
        *_checks(run),
        _history(version),
        _environment(version),
    ]


def _use(version: ModelVersion) -> Section:
    signature, model = version.signature, version.registered_model
    labels = f" Its labels are {', '.join(map(str, signature.labels))}." if signature.labels else ""
    retired = " It is retired: its files were removed." if version.retired_at else ""
    return Section(
        heading="Intended use",
        texts=[
            f"It predicts {signature.output_name} ({signature.task}) for the model {model.name}, from the "
            f"inputs listed below.{labels}{retired}",
            f"It is a {estimator_of(version)} named {version.name}, {version.source} by {version.created_by} "
            f"at {to_minute(version.created_at)}. It is served as {version.get_rung_display()} "
            f"({_size(version)}).",
        ],
    )


def _size(version: ModelVersion) -> str:
    size = size_of(version, served=True)
    return "no file" if size is None else filesizeformat(size)


def _data(version: ModelVersion, run: Run | None) -> Section:
    told = ["Nobody said what it was trained on."]
    if training := version.training_dataset:
        told = [
            f"Trained on {counted(training.rows, 'row')} (dataset {training.pk}, {training.sha256[:12]})."
        ]
    if run and (judged := run.evaluation_dataset):
        told.append(f"Judged on {judged.rows:,} other rows (dataset {judged.pk}, {judged.sha256[:12]}).")
    return Section(heading="Data", texts=told)


def _limits(version: ModelVersion) -> Section:
    features = list(version.signature.features.order_by("position")[:MOST_FEATURES])
    rows = [
        (one.name, one.kind, _bounds(one), "yes" if one.required else "may be missing") for one in features
    ]
    return Section(
        heading="Limits of the data",
        texts=["It answers inputs within these limits only. Others are refused."],
        heads=("Input", "Kind", "Allowed", "Required"),
        rows=rows,
    )


def _bounds(one: Any) -> str:
    if one.categories:
        return ", ".join(map(str, one.categories[:20])) + (", …" if len(one.categories) > 20 else "")
    return " and ".join(bounds_of(one)) or "any"


def _metrics(run: Run | None) -> Section:
    result = run and run.results.filter(check_id="evaluation_metrics").first()
    if not result:
        return Section(heading="Metrics", texts=["No run has measured it."])
    mine, other = (result.measured.get(who) or {} for who in ("candidate", "champion"))
    return Section(
        heading="Metrics",
        texts=[f"{result.message} {result.statistics}".strip()],
        heads=("Metric", "This version", "Live then"),
        rows=[(name, figure(value), figure(other.get(name))) for name, value in mine.items()],
    )


def _checks(run: Run | None) -> list[Section]:
    results = list(run.results.all()) if run else []
    if not run or not results:
        return []
    heading = f"Checks of run {run.pk}: {summary_of(results)}"
    rows = [(one.check_id, one.shown_level, one.message) for one in results]
    return [Section(heading=heading, heads=("Check", "Level", "Result"), rows=rows)]


def _history(version: ModelVersion) -> Section:
    rows = [(to_minute(one["at"]), one["what"], one["why"]) for one in history_of(version)]
    texts = [] if rows else ["None yet."]
    return Section(heading="Decisions", texts=texts, heads=("When", "What", "Why"), rows=rows)


def _environment(version: ModelVersion) -> Section:
    rows = [*version.libraries.items(), ("artefact (SHA-256)", version.artefact_sha256)]
    return Section(heading="Environment", heads=("What", "Version"), rows=rows)


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
