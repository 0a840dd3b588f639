"""Transformers: whatever decides which column of a sparse matrix is written, and splines."""

from typing import Any

import numpy as np

from scheduling.uploads.audit.parts import has_fitted, refuse_unless
from scheduling.uploads.refusals import Refused


def refuse_sparse(matrix: Any) -> None:
    """Refuse a sparse matrix whose indices point outside of it: scipy multiplies without a look."""
    try:
        matrix.check_format(full_check=True)
    except (ValueError, TypeError) as error:
        raise Refused("crafted", name=type(matrix).__name__, fault="has indices outside of it") from error


def refuse_vocabulary(vectorizer: Any) -> None:
    """Refuse words that are not numbered one by one, and a vectorizer that reads files."""
    if (read := getattr(vectorizer, "input", "content")) != "content":
        raise Refused("reads_files", name="input", value=str(read))
    if has_fitted(vectorizer, "vocabulary_"):
        numbers = list(vectorizer.vocabulary_.values())
        is_sound = all(isinstance(number, int | np.integer) for number in numbers)
        is_sound = is_sound and sorted(numbers) == list(range(len(numbers)))
        refuse_unless(is_sound, vectorizer, "has words without a column of their own")


def refuse_categories(encoder: Any) -> None:
    """Refuse a one-hot encoder whose columns are more or fewer than its categories."""
    if not has_fitted(encoder, "_n_features_outs", "categories_"):
        return
    counts = [len(categories) for categories in encoder.categories_]
    is_sound = len(counts) == encoder.n_features_in_
    is_sound = is_sound and list(encoder._n_features_outs) == list(encoder._compute_n_features_outs())
    mappings = getattr(encoder, "_default_to_infrequent_mappings", None) or []
    for mapping, count in zip(mappings, counts, strict=False):
        if mapping is not None:
            to = np.asarray(mapping)
            is_sound = is_sound and len(to) == count and ((to >= 0) & (to < count)).all()
    refuse_unless(is_sound, encoder, "has columns that do not agree with its categories")


def rebuild_splines(transformer: Any) -> None:
    """Build each spline again: scipy checks knots and coefficients then, and at no other time."""
    if has_fitted(transformer, "bsplines_"):
        from scipy.interpolate import BSpline

        transformer.bsplines_ = [
            BSpline(one.t, one.c, one.k, extrapolate=one.extrapolate) for one in transformer.bsplines_
        ]
