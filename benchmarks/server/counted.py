"""Run under callgrind: answers predictions in process, and has the instructions of the later ones counted."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

WARM_UP, COUNTED = 200, int(os.environ["COUNTED"])
PATH, BODY = os.environ["COUNTED_PATH"], os.environ["COUNTED_BODY"].encode()
ENVIRON = {
    "REQUEST_METHOD": "POST", "PATH_INFO": PATH, "QUERY_STRING": "", "SCRIPT_NAME": "",
    "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000",
    "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(BODY)), "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
}  # fmt: skip


def main() -> None:
    """Answer, with the instrumentation switched on after the warm-up."""
    application = served()

    def ask(times: int) -> None:
        for _ in range(times):
            application(ENVIRON | {"wsgi.input": io.BytesIO(BODY)}, lambda *answered: None)

    ask(WARM_UP)
    _switch("on")
    ask(COUNTED)
    _switch("off")


def served() -> Callable[..., Any]:
    """Return the web tier's application, without the thread that follows the ledger: its work would count."""
    import django

    django.setup()
    from django.core.wsgi import get_wsgi_application

    from predictions.counting import prometheus
    from predictions.lane.lane import Lane
    from predictions.serving import first_request
    from predictions.serving.follower import Follower

    first_request.ignore()
    prometheus.start()
    Follower().step()
    return prometheus.counted(Lane(get_wsgi_application()))


def _switch(state: str) -> None:
    """Turn the counting on or off."""
    command = ["callgrind_control", "-i", state, str(os.getpid())]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
