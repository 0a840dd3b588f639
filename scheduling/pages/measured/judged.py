"""What runs measured of versions: read from their stored results, never computed again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Subquery, TextField
from django.db.models.fields.json import KT

from predictions.models import RegisteredModel
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.checks.drift.feature_drift import FeatureDrift
from scheduling.models import CheckResult, Run
from scheduling.pages.measured.judged_run import JudgedRun

DRIFT = (FeatureDrift.id, "label_drift", "prediction_drift")


def three_digits(value: float) -> str:
    """Return a metric's value as people read it: 0.830 and not 0.83."""
    return f"{value:#.3g}".rstrip(".")


class _Joined(Subquery):
    """The column `run` of its rows as one text: a subquery for each row would cost that many times."""

    output_field = TextField()
    template = "(SELECT GROUP_CONCAT(run) FROM (%(subquery)s) AS newest)"

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        joined = self.template.replace("GROUP_CONCAT(run)", "STRING_AGG(run::text, ',')")
        return self.as_sql(compiler, connection, template=joined)


def with_newest_judged(models: Any, most: int) -> Any:
    """Annotate `judged`: the ids of the newest runs that judged, by the index of those; for `judged_of`."""
    judged = Run.objects.filter(registered_model=OuterRef("pk"), evaluation_dataset__isnull=False)
    return models.annotate(judged=_Joined(judged.order_by("-pk").values(run=F("pk"))[:most]))


def judged_of(model: Any) -> list[int]:
    """Return the ids that `with_newest_judged` has annotated, the newest first."""
    return sorted(map(int, model.judged.split(",")), reverse=True) if model.judged else []


def newest_judged(model: RegisteredModel, most: int) -> list[Run]:
    """Return the newest runs of a model that judged a version, the oldest first: one query."""
    rows = Run.objects.filter(registered_model=model, evaluation_dataset__isnull=False).order_by("-pk")
    both = [f"{who}__signature" for who in ("candidate", "champion")]
    return list(rows.select_related("evaluation_dataset", *both).defer("evidence", "traceback")[:most])[::-1]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one run's comparison measured of both versions, by the metric that decided."""

    run: int
    metric: str
    greater_is_better: bool
    values: dict[str, float | None]  # of candidate and champion
    intervals: dict[str, list[float] | None]
    verdict: str = ""  # of the paired comparison

    @classmethod
    def of(
        cls, run: int, measured: dict[str, Any], limit: dict[str, Any], verdict: str | None
    ) -> "Measured | None":
        """None where the run measured nothing by a metric."""
        from scheduling.statistics.metrics.table import METRICS

        metric = METRICS.get(limit.get("primary_metric", ""))
        if metric is None:
            return None
        values = {who: (measured.get(who) or {}).get(metric.name) for who in ("candidate", "champion")}
        intervals = measured.get("own_interval") or {}
        return cls(run=run, metric=metric.name, greater_is_better=metric.greater_is_better, values=values,
                   intervals={who: intervals.get(who) for who in values}, verdict=verdict or "")  # fmt: skip

    def live_after(self, run: JudgedRun) -> tuple[int | None, float | None]:
        """The version that was live after the run, by its id, and its value."""
        is_new = run.decision == Run.Decision.PROMOTED or self.values["champion"] is None
        who = "candidate" if is_new else "champion"
        return getattr(run, f"{who}_id"), self.values[who]

    def of_version(self, version: int, run: JudgedRun) -> float | None:
        """The value of this version; None where it is neither of the two."""
        return next((v for who, v in self.values.items() if getattr(run, f"{who}_id") == version), None)


def measured_by(runs: Iterable[int]) -> dict[int, Measured]:
    """Return what each of these runs measured, by its id: one query."""
    rows = CheckResult.objects.filter(run__in=list(runs), check_id=EvaluationMetrics.id).order_by()
    columns = ("run_id", "measured", "limit", "details__verdict")
    found = (Measured.of(*row) for row in rows.values_list(*columns))
    return {one.run: one for one in found if one}


def drift_found_by(runs: Sequence[int]) -> dict[int, list[CheckResult]]:
    """Return the outcomes of the checks of drift, by run: one query, without their rows and values.

    `looked_at` is when the run began, `recent` what was compared: rows of the log, or of a dataset.
    """
    found: dict[int, list[CheckResult]] = {run: [] for run in runs}
    rows = CheckResult.objects.filter(run__in=list(runs), check_id__in=DRIFT).order_by("pk")
    rows = rows.only("run_id", "check_id", "level", "message").annotate(
        looked_at=F("run__started_at"), recent=KT("details__recent__name")
    )
    for result in rows:
        found[result.run_id].append(result)
    return found
