"""Whether the evaluation set can be trusted to judge anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from predictions.feature import FLOAT32_MAX, FeatureSpec, Kind
from scheduling.checks.base import Check
from scheduling.outcomes import Outcome

if TYPE_CHECKING:
    import pandas as pd

    from scheduling.evidence import Evidence

Share = Annotated[float, Meta(ge=0, le=1)]
SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class DataQuality(Check):
    """Shape, missing values, ranges and labels against the signature, variance, class balance."""

    id = "data_quality"
    min_rows: Annotated[int, Meta(ge=1)] = 30
    max_missing_share: Share = 0.0
    min_class_share: Share = 0.05
    max_constant_features: Annotated[int, Meta(ge=0)] = 0

    def run(self, evidence: Evidence) -> Outcome:
        """Validate the frame by a pandera schema made from the signature."""
        import pandera.pandas as pa

        frame = evidence.frame
        problems: list[str] = []
        try:
            self._schema(evidence).validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            problems = _sentences(error.failure_cases)
        return Outcome.judged(
            problems,
            passed=f"{len(frame)} rows, {len(evidence.spec.features)} features: as the signature says",
            measured={
                "rows": len(frame),
                "missing_share": float(frame.isna().mean().max()),
                "smallest_class_share": _smallest_share(
                    frame[evidence.spec.output_name], evidence.spec.labels
                ),
                "duplicate_rows": int(frame.duplicated().sum()),
                "constant_features": _constant_features(evidence),
            },
            limit=self.limits,
        )

    def _schema(self, evidence: Evidence) -> Any:
        import pandera.pandas as pa

        spec = evidence.spec
        allowed = _constant_features(evidence) <= self.max_constant_features
        columns = {feature.name: self._column(feature, allowed) for feature in spec.features}
        label_checks = []
        if spec.task == "classification":
            label_checks = [
                pa.Check.isin(list(spec.labels), error="a label outside the signature"),
                pa.Check(self._balanced(spec.labels), error="a class under min_class_share"),
            ]
        columns[spec.output_name] = pa.Column(nullable=False, checks=label_checks)
        enough = pa.Check(lambda table: len(table) >= self.min_rows, error="fewer rows than min_rows")
        return pa.DataFrameSchema(columns, checks=[enough], strict=True, ordered=True)

    def _balanced(self, labels: tuple[Any, ...]) -> Any:
        return lambda column: _smallest_share(column, labels) >= self.min_class_share

    def _column(self, feature: FeatureSpec, may_be_constant: bool) -> Any:
        import pandera.pandas as pa

        checks = [
            pa.Check(lambda column: may_be_constant or column.nunique() > 1, error="zero variance"),
            pa.Check(
                lambda column: column.isna().mean() <= self._allowed_missing(feature),
                error="missing values",
                ignore_na=False,
            ),
        ]
        return pa.Column(nullable=True, checks=checks + _range_checks(feature))

    def _allowed_missing(self, feature: FeatureSpec) -> float:
        return self.max_missing_share if feature.required else 1.0


def _smallest_share(column: pd.Series, labels: tuple[Any, ...]) -> float:
    """Of the rarest label of the signature: 0 where it is absent, 1 for a regression, which has none."""
    shares = column.value_counts(normalize=True)
    return float(min((shares.get(label, 0.0) for label in labels), default=1.0))


def _constant_features(evidence: Evidence) -> int:
    """How many have one value at most."""
    columns = evidence.frame.reindex(columns=[feature.name for feature in evidence.spec.features])
    return int((columns.nunique() <= 1).sum())


def _range_checks(feature: FeatureSpec) -> list[Any]:
    """The signature's bounds and categories, as pandera's own checks."""
    import pandera.pandas as pa

    bounds: list[tuple[float | None, Any]] = [
        (feature.minimum, pa.Check.ge),
        (feature.exclusive_minimum, pa.Check.gt),
        (feature.maximum, pa.Check.le),
        (feature.exclusive_maximum, pa.Check.lt),
    ]
    checks = [check(bound) for bound, check in bounds if bound is not None]
    if feature.kind.is_number:
        checks.append(pa.Check.in_range(-FLOAT32_MAX, FLOAT32_MAX, error="beyond 32-bit floating point"))
    if feature.kind is Kind.BOOL:
        checks.append(pa.Check.isin([0, 1], error="neither true nor false"))
    if feature.kind is Kind.TEXT and feature.categories:
        checks.append(pa.Check.isin(list(feature.categories)))
    return checks


def _sentences(failures: pd.DataFrame) -> list[str]:
    """One sentence for each column and check, with the first rows and values that failed."""
    sentences = []
    for (column, check), cells in failures.groupby(["column", "check"], dropna=False, sort=False):
        shown = [
            f"row {row}: {case}"
            for row, case in zip(cells["index"], cells["failure_case"], strict=True)
            if row == row and row is not None  # NaN where the whole column failed
        ]
        more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
        where = f" ({', '.join(shown[:SHOWN])}{more})" if shown else ""
        sentences.append(f"{column if column == column and column else 'table'}: {check}{where}")
    return sentences
