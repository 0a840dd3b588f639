"""By the server of production below `/ml`: whatever a page or an answer names is below it, and is there.

The server takes the prefix off and tells it as SCRIPT_NAME, or a proxy does and FORCE_SCRIPT_NAME names it.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.contrib.auth.models import User

from mlsite.tests.processes import ROOT, clean_environment, run, url_of_test_database
from mlsite.tests.web_tier.test_fast_lane import ROW, ask, free_port, request
from predictions.registry.promotion import Approval, promote

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
SERVER = ["--interface", "wsgi", "--blocking-threads", "2", "--workers-kill-timeout", "2", "--no-ws"]
NO_PAGES = re.compile(r"/ml/(admin/(logout|jsi18n)|api/|metrics)")
MOST_PAGES = 25


class Links(HTMLParser):
    """The addresses that a page names."""

    def __init__(self, text):
        super().__init__()
        self.found = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found |= {
            value
            for name, value in attributes
            if value and name in ("href", "src", "action", "hx-get", "hx-post", "data-url")
        }


class Browser:
    """Asks one server with its cookies; `cut` is what a proxy in front of it would take off each path."""

    def __init__(self, port, cut):
        self.port, self.cut, self.cookies = port, cut, SimpleCookie()

    def ask(self, path, form=None, **headers):
        """Return status, headers and body; a path outside the prefix is a failure."""
        assert f"{urlsplit(path).path}/".startswith("/ml/"), path
        connection = HTTPConnection("localhost", self.port, timeout=30)
        headers["Cookie"] = "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())
        body = form and urlencode(form)
        if form:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST" if form else "GET", path.removeprefix(self.cut), body, headers)
        reply = connection.getresponse()
        for line in reply.headers.get_all("Set-Cookie", []):
            self.cookies.load(line)
        return reply.status, reply.headers, reply.read()

    def follow(self, path, **asked):
        status, headers, body = self.ask(path, **asked)
        while status in (301, 302):
            path = urljoin(path, headers["Location"])
            status, headers, body = self.ask(path)
        return path, status, headers, body

    def log_in(self):
        path, status, _, page = self.follow("/ml/admin/", Accept="text/html")
        assert (urlsplit(path).path, status) == ("/ml/admin/login/", 200)
        [token] = re.findall(rb'csrfmiddlewaretoken" value="(\w+)"', page)
        form = {"username": "boss", "password": "secret", "csrfmiddlewaretoken": token, "next": "/ml/admin/"}
        path, status, _, _ = self.follow(path, form=form)
        assert (path, status) == ("/ml/admin/", 200)


WAYS = {
    "by the server": (["--url-path-prefix", "/ml"], {}, ""),
    "by a proxy": ([], {"FORCE_SCRIPT_NAME": "/ml"}, "/ml"),
}


@pytest.fixture
def start(weak, config, tmp_path):
    """Start a server; returns its port when it serves."""
    promote(version=weak, replacing=None, approval=Approval(by="a test", reason="first"))
    servers = []

    def start(way, lane="true"):
        options, variables, cut = WAYS[way]
        port = free_port()
        environment = clean_environment(
            tmp_path, DATABASE_URL=url_of_test_database(), MEDIA_ROOT=str(config.MEDIA_ROOT), HTTPS="false",
            FAST_LANE=lane, METRICS_PUBLIC="true", PYTHONHASHSEED="0", **variables,
        )  # fmt: skip
        if not (tmp_path / "var" / "static" / "staticfiles.json").exists():
            collected = run("manage.py", "collectstatic", "--noinput", environment=environment)
            assert collected.returncode == 0, collected.stderr
        where = ["--port", str(port), "--log-level", "warning", "mlsite.wsgi:application"]
        servers.append(subprocess.Popen(
            [sys.executable, "-m", "granian", *SERVER, *options, *where], cwd=ROOT, env=environment,
            start_new_session=True,
        ))  # fmt: skip
        wait_for(Browser(port, cut))
        return port

    yield start
    for server in servers:
        os.killpg(server.pid, signal.SIGTERM)
    for server in servers:
        server.wait(timeout=20)


def wait_for(browser):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if browser.ask("/ml/health/ready")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


@pytest.mark.parametrize("way", WAYS)
def test_every_address_is_below_the_prefix_and_is_there(start, way, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # the server's
    User.objects.create_superuser("boss", password="secret")
    browser = Browser(start(way), WAYS[way][2])
    to_see, seen = ["/ml/", "/ml/docs", "/ml/favicon.ico"], set()
    welcome = browser.ask("/ml/", Accept="text/html")
    assert welcome[0] == 200
    assert {"/ml/docs", "/ml/admin/login/", "/ml/health/ready"} <= Links(welcome[2].decode()).found
    browser.log_in()
    to_see.append("/ml/admin/")
    pages = 0
    while to_see:
        path, status, headers, body = browser.follow(to_see.pop(0), Accept="text/html")
        assert status == 200, path
        if headers["Content-Type"].startswith("text/html") and pages < MOST_PAGES:
            pages += 1
            links = {urljoin(path, link) for link in Links(body.decode()).found}
            new = {link.partition("#")[0] for link in links if not re.match(r"\w+:", link)} - seen
            new = {link for link in new if not NO_PAGES.match(link)}
            seen |= new
            to_see += sorted(new)
    assert pages == MOST_PAGES
    assert {"css", "js", "svg"} <= {path.partition("?")[0].rpartition(".")[2] for path in seen}


@pytest.mark.parametrize("way", WAYS)
def test_the_schema_is_below_the_prefix(start, way):
    browser = Browser(start(way), WAYS[way][2])
    schema = json.loads(browser.ask("/ml/schema")[2])
    assert schema["servers"] == [{"url": "/ml"}]
    assert "/predict" in schema["paths"]
    script = browser.ask("/ml/docs?script=")[2].decode()
    assert '"/ml/schema"' in script


def test_the_lane_answers_below_the_prefix_as_django_does(start):
    ports = start("by the server", "true"), start("by the server", "false")
    paths = (b"/ml/predict", b"/ml/predict/", b"/ml/api/models/iris/predict", b"/predict", b"/ml/v2/nothing")
    requests = [request(path, body) for path in paths for body in (ROW, b'{"sepallength": "x"}', b"")]
    for _ in range(2):
        for sent in requests:
            with_lane, without = (ask(port, sent) for port in ports)
            assert with_lane == without, sent[:100]
    counted = Browser(ports[0], "").ask("/ml/metrics")[2].decode()
    assert 'http_requests_total{path="/predict",status="200"}' in counted
    assert "/ml" not in counted
