"""The measurements as a page."""

from __future__ import annotations

from statistics import median

from benchmarks.coverage.measuring import Measured

GROUPS = {
    "classifier": "Classifiers of scikit-learn",
    "regressor": "Regressors of scikit-learn",
    "outlier": "Outlier detectors of scikit-learn",
    "pipeline": "Everyday pipelines",
    "booster": "Libraries of boosted trees, 5 % gaps",
    "categories": "Boosted trees that encode categories themselves, with gaps and unknown ones",
}
HEAD = """| | form | labels | ties | largest difference | scikit-learn, µs | served, µs | made, ms |
|---|---|---|---|---|---|---|---|"""
START = """# Which models have a served form

Measured by `make bench-coverage`: each is fitted on 1,000 rows with its default settings, compiled by the
ladder, and compared with scikit-learn on 10,000 other rows and on made-up rows (gaps, unknown texts, bounds,
thresholds). The numbers are on a grid of 0.1 for fitting and 0.01 for comparing, which makes many ties.
Classifiers are asked with three labels and with two: the lower form of both is told, and what differs in
either. Numbers have no bounds but in the everyday pipelines, where they have those that registering infers.
"Labels" are those that differ; "made" is compiled and proved. What has no ONNX form is the library
itself in the model host (`host`), asked over its socket; the reasons are below each table.
Not by default: one component for CCA and PLS, clipping for isotonic regression, gamma 0.5 for label
propagation, a radius of 8, novelty for the local outlier factor; models of counts get counts. Those for
several outputs are asked for one. The machine was busy: read the times as ratios.
A row is asked as a data frame of scikit-learn, and as plain values of the served form; least of seven rounds.
"""


def as_page(found: list[Measured]) -> str:
    """Return the page as Markdown."""
    parts = [START, summary(found)]
    for group, title in GROUPS.items():
        mine = [one for one in found if one.group == group]
        parts += [f"## {title}", HEAD + "\n" + "\n".join(map(_row, mine))]
        reasons = [f"- {one.name}: {one.reason}" for one in mine if one.reason]
        parts += ["\n".join(reasons)] if reasons else []
    return "\n\n".join(part.strip() for part in parts) + "\n"


def summary(found: list[Measured]) -> str:
    """Return the counts and the medians as sentences."""
    everything = [one for one in found if one.group in ("classifier", "regressor", "outlier")]
    boosters = [one for one in found if one.group in ("booster", "categories")]
    everyday = [one for one in found if one.group == "pipeline"]
    served, compiled = [one for one in found if one.rung], [one for one in found if is_compiled(one)]
    differ = sum(one.label_differences for one in served)
    faster = median(one.own_us / one.served_us for one in compiled)
    exact = sum(one.rung == "onnx_64" for one in everything)
    return (
        f"**{_compiled(everything)} of {len(everything)}** estimators are compiled ({exact} with 64-bit "
        f"numbers), "
        f"**{_compiled(everyday)} of {len(everyday)}** everyday pipelines, and "
        f"{_compiled(boosters)} of {len(boosters)} boosters; the model host answers for "
        f"{len(served) - len(compiled)} others. Labels that differ: **{differ}**. One row of a compiled one "
        f"is answered {faster:.0f} times as fast as by scikit-learn in the median."
    )


def _compiled(some: list[Measured]) -> int:
    return sum(map(is_compiled, some))


def is_compiled(one: Measured) -> bool:
    """Whether it is served as ONNX."""
    return one.rung.startswith("onnx")


def _row(one: Measured) -> str:
    if not one.rung:
        return f"| {one.name} | none | | | | | | |"
    return (
        f"| {one.name} | {one.rung} | {one.label_differences} | {one.ties} | {one.max_difference:.0e} "
        f"| {one.own_us:,.0f} | {one.served_us:.0f} | {one.compile_ms:,.0f} |"
    )
