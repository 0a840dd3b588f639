"""A model host for one run alone: what a candidate does to it touches nothing that is live."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from predictions.hosted import session
from predictions.hosted.session import ModelHostAway
from scheduling.engine import limited_process

START_SECONDS = 30.0
POLL_SECONDS = 0.05


@contextmanager
def own_host() -> Iterator[None]:
    """Within, versions without an ONNX form are asked in a host of this process. It starts when needed."""
    host = OwnHost()
    try:
        with session.asking(host.address):
            yield
    finally:
        host.stop()


class OwnHost:
    """A limited child that ends with this process, and a folder for its socket."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def address(self) -> Path:
        """Return the socket of a host that listens. Raises `ModelHostAway`."""
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="model-host-")
        path = Path(self._folder.name) / "socket"
        if self._process is None or self._process.poll() is not None:
            path.unlink(missing_ok=True)
            self._process = limited_process.start("serve_models", "--socket", str(path))
            _wait_for(path, self._process)
        return path

    def stop(self) -> None:
        if self._process:
            limited_process.end(self._process)
            self._process.wait()
        if self._folder:
            self._folder.cleanup()


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not path.is_socket():
        if process.poll() is not None or time.monotonic() > deadline:
            raise ModelHostAway("The model host of this run did not start. The log says why.")
        time.sleep(POLL_SECONDS)
