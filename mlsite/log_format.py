"""How log lines are written: an error's text is left out where a model that is served redacts features."""

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from predictions.contract.error_texts import bare_traceback


class Careful(logging.Formatter):
    """Of an error that was logged, where it was raised; its text may hold a value of the request."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """The whole traceback where nothing is redacted, else the bare one."""
        return bare_traceback(ei[1]) if _redacts() and ei[1] else super().formatException(ei)


class CarefulJson(Careful, JsonFormatter):
    """The same, as JSON."""


def _redacts() -> bool:
    from predictions.serving import serving  # not before Django is set up

    return any(model.redacted for model in serving.current().models.values())
