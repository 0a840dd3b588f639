"""A program of its own for one world: an empty database, the web tier, a model registered by its defaults."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def program() -> Iterator[str]:
    """Set the environment up, then Django, a new database and a web server; the value is its address."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        address = f"http://127.0.0.1:{port}"
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "mlsite.settings",
            "VAR_DIR": folder,
            "MEDIA_ROOT": f"{folder}/media",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "API_BASE_URL": address,
            "HTTPS": "false",
            "PORT": str(port),
            "WEB_WORKERS": "1",
        }
        for name in ("media", "spool", "static"):
            (Path(folder) / name).mkdir()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, check=True)
        import django

        django.setup()
        line = next(one for one in (ROOT / "Procfile").read_text().splitlines() if one.startswith("web:"))
        server = subprocess.Popen(["bash", "-c", line.removeprefix("web:")], cwd=ROOT)
        try:
            _wait_for(f"{address}/health/live")
            yield address
        finally:
            server.terminate()
            server.wait()


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{url} does not answer")
