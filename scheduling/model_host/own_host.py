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
    with tempfile.TemporaryDirectory(prefix="model-host-") as folder:
        host = OwnHost(Path(folder) / "socket")
        try:
            with session.asking(host.address):
                yield
        finally:
            host.stop()


class OwnHost:
    """A limited child that ends with this process."""

    def __init__(self, path: Path) -> None:
        self._path, self._process = path, None  # type: Path, subprocess.Popen[bytes] | None

    def address(self) -> Path:
        """Return the socket of a host that listens. Raises `ModelHostAway`."""
        if self._process is None or self._process.poll() is not None:
            self._path.unlink(missing_ok=True)
            self._process = limited_process.start("serve_models", "--socket", str(self._path))
            self._wait(self._process)
        return self._path

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._path.is_socket():
            if process.poll() is not None or time.monotonic() > deadline:
                raise ModelHostAway("The model host of this run did not start. The log says why.")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        if self._process:
            limited_process.end(self._process)
            self._process.wait()
