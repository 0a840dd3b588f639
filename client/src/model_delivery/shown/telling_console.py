"""What is printed while something takes time; nothing of it where the client is quiet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO
from typing import IO, Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.text import Text

from model_delivery.shown.table import Table, plain


class Teller:
    """Prints to a console. Progress moves only where it can be seen moving."""

    def __init__(self, console: Console | None = None, *, quiet: bool = False) -> None:
        self.console = console or Console(quiet=quiet)
        in_notebook = self.console.is_jupyter and find_spec("ipywidgets") is not None
        self.moves = not self.console.quiet and (self.console.is_terminal or in_notebook)

    def say(self, text: str) -> None:
        self.console.print(Text(plain(text)), soft_wrap=True)

    def show(self, table: Table) -> None:
        self.console.print(table.rich())

    @contextmanager
    def uploading(self, body: bytes, what: str) -> Iterator[IO[bytes]]:
        """Give the body as a file that moves a bar while it is read."""
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
        )
        with Progress(*columns, console=self.console, disable=not self.moves, transient=True) as progress:
            yield progress.wrap_file(BytesIO(body), total=len(body), description=plain(what))

    @contextmanager
    def waiting(self, what: str) -> Iterator[Callable[[str], None]]:
        """Give a function that says which step is worked on."""
        if not self.moves:
            yield _nothing
            return
        with self.console.status(Text(plain(what))) as status:
            yield lambda step: status.update(Text(plain(f"{what}: {step}")))


def _nothing(step: str) -> Any:
    """Where nothing moves, a step is not printed: there would be a line for each look."""
