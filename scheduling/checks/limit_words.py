"""Each limit in words and with its unit, for the pages and forms on which people read and set it."""

from decimal import Decimal
from typing import Any

UNITS = {  # what a form says of the number
    "share": "As a share: 0.05 is 5 %.",
    "rows": "In rows.",
    "ms": "In milliseconds (ms).",
    "s": "In seconds (s).",
    "MB": "In megabytes (MB).",
    "times": "As a factor: 1.5 is one and a half times as much.",
    "": "",
}
DISTANCE = "a number from 0, no change, to 1, nothing in common"
ALARM = "Alarms by mistake that are accepted, at most"
WORDS: dict[str, tuple[str, str]] = {  # by the name of the limit, or by check and name: words, unit
    "max_missing_share": ("Missing values of a required feature, at most", "share"),
    "min_class_balance": ("Rows of each label, of an equal share for all labels, at least", "share"),
    "min_constant_probability": (
        "A column with one value alone fails if chance explains it less often than", "share"),
    "range_tolerance": (
        "How far outside of the training range a number may be, as a part of the width of that range",
        "share"),
    "max_duplicate_share": ("Rows that are a copy of another row, at most", "share"),
    "max_contradicting_share": ("Rows that equal another row but have another label, at most", "share"),
    "min_rows": ("Evaluation rows, at least", "rows"),
    "min_training_rows": ("Training rows, at least", "rows"),
    "min_class_rows": ("Evaluation rows of each label, at least", "rows"),
    "few_class_rows": ("Warn if a label has fewer evaluation rows than", "rows"),
    "max_leaked_share": ("Evaluation rows that are training rows too, at most", "share"),
    "max_one_feature_score": ("Warn if a single feature predicts the answer with a score (0 to 1) of", ""),
    "one_feature_rows": ("Training rows drawn to score single features", "rows"),
    "needs_origin": ("Fail if an upload does not say what it was trained on", ""),
    "attempts": ("How often the API is asked if it does not answer", "tries"),
    "timeout_seconds": ("How long it waits for an answer each time", "s"),
    "max_label_differences": ("Rows with another label than scikit-learn gives, at most", "rows"),
    "max_probability_difference": ("Difference of a probability (0 to 1) from scikit-learn's, at most", ""),
    "max_p50_ms": ("Time within which half of the predictions are answered (p50), at most", "ms"),
    "max_p95_ms": ("Time within which 95 % of the predictions are answered (p95), at most", "ms"),
    "max_p50_ratio": ("Time for half of all answers (p50), compared with the live version, at most", "times"),
    "max_p95_ratio": ("Time for 95 % of all answers (p95), compared with the live version, at most", "times"),
    "least_difference_ms": ("A comparison of times counts only if the difference is more than", "ms"),
    "max_load_seconds": ("Time to load the version, at most", "s"),
    "max_mb": ("Memory that the version needs, at most", "MB"),
    "max_ratio": ("Memory compared with the live version, at most", "times"),
    "least_difference_mb": ("A comparison of memory counts only if the difference is more than", "MB"),
    "alpha": (ALARM, "share"),
    "drift_distance": (f"A change counts as drift from here on: {DISTANCE}", ""),
    "possible_distance": (f"A change counts as possible drift from here on: {DISTANCE}", ""),
    "visible_distance": (f"Warn of too few rows if only changes above this could be seen: {DISTANCE}", ""),
    "least_logged_rows": ("Different rows that the prediction log must have, at least", "rows"),
    "most_logged_rows": ("Newest rows of the prediction log that are read, at most", "rows"),
    "drifted_importance": (
        "Fail if the features that drifted matter this much to the answers, of all features", "share"),
    "representative.drifted_importance": (
        "Weigh the rows if the features that differ matter this much, of all features", "share"),
    "significance": (f"{ALARM}, in the comparison of weighed rows", "share"),
    "minimum_rows": ("Rows of a slice that is judged, at least", "rows"),
    "minimum_share": ("Rows of a slice that the search looks at, of all rows, at least", "share"),
    "least_harm": (
        "Loss that counts in a searched slice, of the answers (for numbers: of the live version's error)",
        "share"),
    "max_slices": ("Slices that the search looks at, at most", "slices"),
    "depth": ("Features in the description of one searched slice, at most", "features"),
    "max_rows": ("Rows that the search looks at, at most", "rows"),
    "seed": ("Start of the random numbers that divide the rows", ""),
    "evaluation_metrics.alpha": (
        "Promotions by mistake that are accepted, over all uses of one evaluation set, at most", "share"),
}  # fmt: skip


def words_of(check_id: str, name: str) -> tuple[str, str]:
    """Return the words and the unit; the name itself for a limit that does not exist any more."""
    return WORDS.get(f"{check_id}.{name}") or WORDS.get(name, (name, ""))


IN_PERCENT = {"share": "%", "percentage points": "percentage points"}
WATCH = {  # what the policy limits while a version is watched, by its field: words, unit
    "bake_minutes": ("Watched for", "minutes"),
    "error_tolerance": ("Share of failed requests may rise by", "percentage points"),
    "latency_tolerance": ("Answers may take, of the time before", "times"),
    "mix_tolerance": ("Share of a label may move by", "percentage points"),
    "loss_tolerance": ("Mean loss on true labels (0 is right, 1 is wrong) may rise by", ""),
    "watch_alpha": ("Watches that may roll back by mistake, at most", "share"),
}


def with_unit(value: Any, unit: str) -> str:
    """Return a value for a page: `5 %`, `100 ms`, `yes`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return str(value)
    if unit in IN_PERCENT:
        return f"{100 * value:.6g} {IN_PERCENT[unit]}"
    return f"{_number(value)} {unit}".strip()


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else format(Decimal(repr(value)).normalize(), "f")
