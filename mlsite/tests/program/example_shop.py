"""The example beside the project, as its user runs it: commands, a web server, and an own database."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from mlsite.tests.processes import new_database

ROOT = Path(__file__).resolve().parents[3]
SELECT = (
    "SELECT signed_up_at, plan, country, age, minutes_used, support_calls, cancelled FROM customers_customer "
    "WHERE signed_up_at >= :since AND signed_up_at < :until AND cancelled IS NOT NULL"
)


class Shop:
    """The folder, the environment and the port of one shop."""

    def __init__(self, folder, url):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.environment = os.environ | {
            "VAR_DIR": str(folder / "var"), "MEDIA_ROOT": str(folder / "media"), "DATABASE_URL": url,
            "API_BASE_URL": f"http://127.0.0.1:{self.port}", "PYTHONPATH": "examples/customers",
            "EXTRA_APPS": "customers", "SOURCE_CALLABLES": '{"customers": "customers.delivery:rows"}',
            "TRAINERS": '{"customers": "customers.delivery:train"}',
            "DATA_SOURCES": json.dumps({"shop": url}),
        }  # fmt: skip

    def manage(self, *arguments, expected=0):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True,
            text=True, timeout=170,
        )  # fmt: skip
        assert done.returncode == expected, done.stderr
        return done.stdout

    def retrain(self, day):
        return json.loads(self.manage("retrain", "customers", "--as-of", day, "--json"))

    def shell(self, code):
        return self.manage("shell", "-v", "0", "-c", code).strip()

    @contextmanager
    def served(self):
        server = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(self.port), "--no-ws",
             "--log-level", "warning", "mlsite.wsgi:application"],
            cwd=ROOT, env=self.environment,
        )  # fmt: skip
        try:
            self._wait_until_up()
            yield
        finally:
            server.terminate()
            server.wait(timeout=20)

    def _wait_until_up(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(OSError):
                return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=5)
            time.sleep(0.2)
        raise AssertionError("the web server does not answer")


@contextmanager
def own_database(folder):
    """The URL of a new database: SQLite's, or one on the server that `DATABASE_URL` names."""
    given = os.environ.get("DATABASE_URL", "sqlite")
    if given.startswith("sqlite"):
        yield f"sqlite:///{folder / 'db.sqlite3'}"
        return
    with new_database(given) as url:
        yield url
