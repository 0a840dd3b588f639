"""A shop that runs: a folder and a database of its own, its web server and its scheduler, and a browser."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import uuid4

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
MOST_SECONDS = 600  # of a machine that has much else to do


class Shop:
    """The processes of one shop."""

    def __init__(self, folder, database_url):
        self.address = free_address()
        self.environment = os.environ | {
            "SHOP_DATA_DIR": folder, "SHOP_URL": f"http://{self.address}", "DATABASE_URL": database_url,
        }  # fmt: skip

    def manage(self, *arguments, expected=0):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True,
            text=True, timeout=MOST_SECONDS,
        )  # fmt: skip
        if done.returncode != expected:
            raise AssertionError(f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def running(self, *arguments):
        """A command beside the tests, until they end."""
        return Process([sys.executable, "manage.py", *arguments], ROOT, self.environment)

    @contextmanager
    def served(self):
        with self.running("runserver", self.address, "--noreload"):
            Browser(self.address).wait_for("/")
            yield


class Process(ExitStack):
    """Runs until the end of the `with`; what it says is in the output of the tests only if it matters."""

    def __init__(self, command, folder, environment):
        super().__init__()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.callback(process.wait, timeout=30)
        self.callback(process.terminate)


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


class Browser:
    """Somebody with cookies."""

    def __init__(self, address):
        self.address, self.cookies = address, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(self, path, body=None, content_type="application/json", **headers):
        """Status, text and headers of the answer."""
        token = {cookie.name: cookie.value for cookie in self.cookies}.get("csrftoken", "")
        sent = {"X-CSRFToken": token, "Referer": f"http://{self.address}/", "Content-Type": content_type}
        request = urllib.request.Request(f"http://{self.address}{path}", body, sent | headers)
        try:
            reply = self.opener.open(request, timeout=30)
        except HTTPError as error:
            reply = error
        with reply:
            return reply.status, reply.read().decode(), reply.headers

    def json(self, path, body=None):
        status, text, _ = self.ask(path, None if body is None else json.dumps(body).encode())
        return status, json.loads(text)

    def log_in(self, email, password):
        self.ask("/login/")
        form = urlencode({"username": email, "password": password}).encode()
        status, text, _ = self.ask("/login/", form, "application/x-www-form-urlencoded")
        if status != 200 or "Log in" in text:
            raise AssertionError(text)

    def wait_for(self, path):
        return until(lambda: self.ask(path)[0] == 200)


def until(is_true):
    """Wait for something that becomes true."""
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            if found := is_true():
                return found
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


@contextmanager
def new_database():
    """The URL of a database that nobody else has; empty for SQLite, where each folder has its own."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield ""
        return
    name = f"shop_{uuid4().hex[:12]}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
