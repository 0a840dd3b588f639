"""How the server of a rehearsal is started: a process of the same project, inside the limits of a child."""

import subprocess
import sys
from importlib.util import find_spec
from typing import IO, Any

from predictions.conf import config
from predictions.hosted.session import address
from predictions.models import ModelVersion
from predictions.paths import NotMounted, mounted_at
from scheduling.engine import limited_process
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.rehearsal.environment import SOCKET, VERSIONS

NO_GRANIAN = "The rehearsal needs the server granian, which is not installed: pip install granian."


def start(versions: list[ModelVersion], port: int, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start it for these versions. Raises `RehearsalFailed` where nothing could answer."""
    if find_spec("granian") is None:
        raise RehearsalFailed(NO_GRANIAN)
    try:
        mounted_at()
    except NotMounted as error:
        raise RehearsalFailed(str(error)) from None
    argv = [sys.executable, "-m", "scheduling.rehearsal.launcher", str(port)]
    variables = {VERSIONS: ",".join(str(version.pk) for version in versions)}
    if any(version.rung == ModelVersion.Rung.HOST for version in versions):
        variables |= {SOCKET: str(address())}
    command = limited_process.command(memory_mb=config.CHILD_MEMORY_MB, argv=argv)
    streams: Any = {"stdout": output, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command, env=limited_process.environment() | variables, **streams)
