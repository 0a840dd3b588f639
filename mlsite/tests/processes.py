"""How tests start a process of this project: in a clean environment, with folders of its own."""

import json
import os
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


def clean_environment(folder, **variables):
    """Nothing of the caller's settings, and a database of its own unless `DATABASE_URL` names one."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"VAR_DIR": str(folder / "var"), "MEDIA_ROOT": str(folder / "media")}
    own["DATABASE_URL"] = f"sqlite:///{folder / 'db.sqlite3'}"
    return kept | own | variables


def run(*arguments, environment):
    """Run Python with these arguments from the root of the project."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=90
    )


def predict(port):
    """Ask the demo's model about one row; return the answer, and the version that it names."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/predict", json.dumps(ROW).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply), reply.headers["X-Model-Version"]


def url_of_test_database():
    """What `DATABASE_URL` must be for another process to see the rows of this test."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    who = ":".join(part for part in (facts["USER"], facts["PASSWORD"]) if part)
    return f"postgres://{who}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


@contextmanager
def new_database(url):
    """The URL of a new database on the PostgreSQL server of another one, for one test alone."""
    server, name = url.rpartition("/")[0], f"of_a_test_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
