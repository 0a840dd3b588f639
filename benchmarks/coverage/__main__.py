"""Measure the coverage and write it to benchmarks/COVERAGE.md: `make bench-coverage`."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlsite.settings")
import django

OWN_FILES = tempfile.TemporaryDirectory(prefix="coverage-")  # the model host reads what it is to answer
os.environ["MEDIA_ROOT"] = OWN_FILES.name
django.setup()

from benchmarks.coverage import boosters, categories, estimators, pipelines  # noqa: E402
from benchmarks.coverage.measuring import Measured, as_inferred, both, measured, measured_with, spec_of  # noqa: E402
from benchmarks.coverage.table import as_page  # noqa: E402
from scheduling.model_host.own_host import own_host  # noqa: E402

PAGE = Path(__file__).parent.parent / "COVERAGE.md"


def all_of_them(only: set[str]) -> Iterator[Measured]:
    """Measure each; if names are given, those alone."""
    for name, kind in estimators.every_estimator():
        if only and name not in only:
            continue
        bounds = estimators.BOUNDS.get(name, {})
        counts = estimators.label_counts(name, kind)
        yield both([measured(name, kind, *estimators.fitted(name, kind, n), **bounds) for n in counts])
    for name in pipelines.pipelines():
        if not only or name in only:
            pipeline, table = pipelines.fitted(name)
            frame, output = table.drop(columns="yes"), table["yes"]
            spec = as_inferred(spec_of(frame, output), frame)
            yield measured_with(spec, name, "pipeline", pipeline, frame, output)
    for name in boosters.NAMES:
        for is_last in (False, True):
            if not only or name in only:
                label = f"StandardScaler, {name}" if is_last else name
                yield measured(label, "booster", *boosters.fitted(name, in_pipeline=is_last))
    for name in categories.NAMES:
        if not only or name in only:
            model, frame, output = categories.fitted(name)
            spec = spec_of(frame, output, categories=categories.TEXTS)
            model = categories.ready(name, model, spec)
            yield measured_with(spec, f"{name}, categories", "categories", model, frame, output)


def main() -> None:
    """Print each as it is measured; write the page if all were."""
    warnings.simplefilter("ignore")
    found = []
    with OWN_FILES, own_host():
        for one in all_of_them(set(sys.argv[1:])):
            figures = f"{one.label_differences} {one.max_difference:.1e}"
            print(f"{one.name:50} {one.rung or 'none':8} {figures} {one.reason[:100]}", flush=True)
            found.append(one)
    if not sys.argv[1:]:
        PAGE.write_text(as_page(found))


if __name__ == "__main__":
    main()
