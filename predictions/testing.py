"""For the tests of a project that has our apps: `fresh_worker` round each test, `follow_once` in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import override_settings

from predictions.api import access
from predictions.conf import config
from predictions.log import spool
from predictions.serving import serving
from predictions.serving.first_request import follow_once

__all__ = ["follow_once", "fresh_worker"]


@contextmanager
def fresh_worker() -> Iterator[Path]:
    """Let a test begin as a web worker does, with nothing loaded and an empty log.

    Model files and the log go into the folder that is yielded, and which is gone afterwards. What another
    test had live is forgotten: its rows were rolled back, and the next ones may have the same keys.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        own = {"VAR_DIR": folder, "SPOOL_DIR": folder / "spool", "MEDIA_ROOT": folder / "media"}
        with override_settings(MODEL_DELIVERY={**config.given, **own}):
            _forget()
            try:
                yield folder
            finally:
                _forget()


def _forget() -> None:
    serving.swap(serving.Snapshot())
    access.forget()
    spool.begin_anew()
