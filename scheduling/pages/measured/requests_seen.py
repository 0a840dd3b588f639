"""Whether drift was looked for in real requests: how many, and since when."""

from typing import Any
from uuid import UUID

from predictions.contract.numbers import counted
from predictions.models import Prediction
from predictions.zone import to_minute
from scheduling.evidence.samples import PREDICTION_LOG
from scheduling.models import CheckResult


def requests_seen(result: CheckResult, window: dict[str, Any] | None) -> str:
    """Say what an outcome of drift rests on; `window` is what the run read of the log, if that was enough.

    Empty where the check could compare nothing.
    """
    recent, reference = result.details.get("recent"), result.details.get("reference")
    if not recent or not reference:
        return ""
    if recent["name"] == PREDICTION_LOG and window:
        newest = f"the newest {counted(recent['asked'], 'row')} of real requests, since {_oldest(window)}"
        return f"Looked at: {newest}, against rows of the {reference['name']}."
    why = _too_few(window, result.limit["least_logged_rows"])
    return f"{why} This compares rows of the {recent['name']} with rows of the {reference['name']} instead."


def _too_few(window: dict[str, Any] | None, least: int) -> str:
    if window is None:
        return f"No real requests were looked at: fewer than {least} rows were logged by then."
    logged = f"The {counted(window['rows'], 'row')} of real requests logged since {_oldest(window)}"
    return f"{logged} were not used: repeats count once, and at least {least} are needed."


def _oldest(window: dict[str, Any]) -> str:
    return to_minute(Prediction(pk=UUID(window["first"])).at)
