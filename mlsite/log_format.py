"""How log lines are written: without an error's text if a served model redacts features."""

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from predictions.contract.error_texts import bare_traceback


class Careful(logging.Formatter):
    """Writes where an error was raised; its text may contain a value of the request."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Return the whole traceback, or the bare one if a served model redacts features."""
        from predictions.serving import serving  # not before Django is set up

        redacts = any(model.redacted for model in serving.current().models.values())
        return bare_traceback(ei[1]) if redacts and ei[1] else super().formatException(ei)


class CarefulJson(Careful, JsonFormatter):
    """The same lines as JSON."""
