"""What each metric measures, for readers who do not know its name."""

from scheduling.statistics.metrics.table import METRICS

MEANS = {
    "accuracy": "the share of right answers",
    "balanced_accuracy": "the share of right answers, counted for each label and averaged",
    "f1_macro": "how well each label is found without false alarms, averaged over the labels; "
    "1 is perfect, 0 is useless",
    "f1_weighted": "how well each label is found without false alarms, where frequent labels count more; "
    "1 is perfect, 0 is useless",
    "log_loss": "how wrong the probabilities are; being sure and wrong costs most",
    "brier": "how far the probabilities are from what happened",
    "roc_auc": "how often a row with the label gets a higher score than one without it",
    "average_precision": "how many of the rows with the highest scores have the label",
    "r2": "the share of the differences between rows that it explains",
    "rmse": "the typical error, where large errors count more",
    "mae": "the average error",
    "mape": "the average error as a share of the true value",
    "pinball": "the error of an estimated quantile",
}


def in_words(name: str) -> str:
    """Return a sentence about a metric; empty for one that does not exist any more."""
    if name not in METRICS:
        return ""
    return f"{name} is {MEANS[name]}. {better_when(name)}."


ONLY_SHOWN = {"precision_macro": True}  # no metric of the gate; whether higher is better


def higher_is_better(name: str) -> bool | None:
    """Return None for a metric that does not exist any more."""
    return METRICS[name].greater_is_better if name in METRICS else ONLY_SHOWN.get(name)


def better_when(name: str) -> str:
    """Return the direction in words; empty for a metric that does not exist any more."""
    is_higher = higher_is_better(name)
    return "" if is_higher is None else "Higher is better" if is_higher else "Lower is better"
