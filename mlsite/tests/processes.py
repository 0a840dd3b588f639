"""How tests start a process of this project: in a clean environment, with folders of its own."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent


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
