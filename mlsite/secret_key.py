"""The secret key of an installation that was not given one: drawn once, kept in a private file."""

import os
import secrets
from pathlib import Path


def read_or_create(path: Path) -> str:
    """Return the key in `path`; the first caller writes it, readable by the owner only.

    Two processes may start at once: each writes a file of its own, and only one `link` succeeds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or not path.stat().st_size:
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(60))
            file.flush()
            os.fsync(file.fileno())
        _publish(draft, path)
    return path.read_text()


def _publish(draft: Path, path: Path) -> None:
    """Give the draft its name, unless another process was first: then its key is the key."""
    if path.exists() and not path.stat().st_size:
        path.unlink()  # left empty by a full disk: no key
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
