"""The secret key of an installation without one in its settings: created once, in a private file."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def read_or_create(path: Path) -> str:
    """Return the key in `path`; the first caller creates it, readable by the owner only."""
    # If two processes start at once, each writes its own draft, and only one `link` succeeds.
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or not path.stat().st_size:
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(60))
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and not path.stat().st_size:
            path.unlink()  # a full disk left it empty
        try:
            with suppress(FileExistsError):  # another process was first: its key counts
                os.link(draft, path)
        finally:
            draft.unlink()
    return path.read_text()
