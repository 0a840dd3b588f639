"""What the processes under test tell the harness: lines in files, each written at once."""

import os
from pathlib import Path

from django.conf import settings


def write(name, line):
    """Append one line."""
    descriptor = os.open(Path(settings.CHAOS_FOLDER) / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def read(folder, name):
    """All lines so far."""
    path = Path(folder) / name
    return path.read_text().splitlines() if path.exists() else []
