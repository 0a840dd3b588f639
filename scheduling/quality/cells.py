"""Cells that the signature does not allow."""

from pandas import DataFrame, Series

from predictions.contract.fields import FeatureSpec, Kind, check_field
from predictions.contract.signature import SignatureSpec
from scheduling.quality.findings import Finding


def bad_cells(frame: DataFrame, spec: SignatureSpec, dataset: str) -> list[Finding]:
    """Return a finding for each rule that some cells of a column break.

    Columns that keep all rules are seen at once: pandera takes longer for each, and to be imported.
    """
    features = spec.features
    if list(frame.columns) == [*spec.names, spec.output_name]:
        features = tuple(one for one in features if not _is_sound(frame[one.name], one))
        if not features and _has_labels_only(frame[spec.output_name], spec):
            return []
        frame = frame[[*(one.name for one in features), spec.output_name]]
    from scheduling.quality.schema import broken_rules

    return broken_rules(frame, features, spec, dataset)


def _is_sound(column: Series, feature: FeatureSpec) -> bool:
    """Whether all cells keep the rules of their feature, numbers as the least and the largest of them do."""
    if feature.kind is Kind.TEXT:
        return True  # any text will do
    if feature.kind is Kind.CATEGORY:
        return bool(column.dropna().isin(feature.categories).all())
    if column.dtype != "float64":
        return False
    known = column.to_numpy()[column.notna().to_numpy()]
    ends = (known.min(), known.max()) if known.size else ()
    return not any(check_field(feature, float(one))[1] for one in ends)


def _has_labels_only(column: Series, spec: SignatureSpec) -> bool:
    return not spec.labels or bool(column.dropna().isin(spec.labels).all())
