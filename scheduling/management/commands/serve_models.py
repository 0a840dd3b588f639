"""`manage.py serve_models`: the process that answers for versions without an ONNX form."""

import signal
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from django.core.management.base import CommandError, CommandParser

from predictions.conf import config, setting_name
from predictions.hosted.session import is_heard
from predictions.management.examples import WithExamples
from scheduling.model_host.server import AlreadyServing, serve

LONGEST = 100  # bytes of a socket's path, which Linux limits to 107


class Command(WithExamples):
    """Answers until it gets TERM or Ctrl-C."""

    help = (
        "Answer for versions that scikit-learn itself must serve, because they have no ONNX form. "
        "Web workers on this host ask over a socket; without this process only these versions are away."
    )
    examples = ("serve_models --check",)

    def add_arguments(self, parser: CommandParser) -> None:
        help_of_socket = f"The path of the socket. Default: {setting_name('MODEL_HOST_SOCKET')}."
        parser.add_argument("--socket", type=Path, default=config.MODEL_HOST_SOCKET, help=help_of_socket)
        parser.add_argument("--check", action="store_true", help="Only say whether a host answers.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["socket"]
        if options["check"]:
            if not is_heard(path):
                raise CommandError(f"No model host answers at {path}.")
            self.stdout.write(f"A model host answers at {path}.")
            return
        if len(str(path).encode()) > LONGEST:
            remedy = f"Set {setting_name('MODEL_HOST_SOCKET')} to a shorter path."
            raise CommandError(f"{path} is too long for a socket. {remedy}")
        stop: SimpleQueue[None] = (
            SimpleQueue()
        )  # its `put` is safe in a signal handler, an event's `set` is not
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.put(None))
        try:
            serve(path, most_versions=config.HOSTED_VERSIONS, stop=stop)
        except AlreadyServing as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{path} cannot be opened as a socket: {error.strerror}") from None
