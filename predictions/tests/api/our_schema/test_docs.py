"""`/docs` works on a machine without a network: nothing of it comes from elsewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders


class Page(HTMLParser):
    """Collects what a page makes the browser fetch, and code that it carries itself."""

    def __init__(self, text):
        super().__init__()
        self.fetched, self.inline = [], []
        self._within = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.fetched += [given[name] for name in ("src", "href", "action", "data") if given.get(name)]
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self._within = tag

    def handle_data(self, data):
        if self._within in ("script", "style") and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag):
        self._within = None


@pytest.fixture
def page(client, db):
    reply = client.get("/docs")
    assert reply.status_code == 200
    return Page(reply.content.decode())


def test_everything_it_fetches_is_on_this_host(page):
    assert len(page.fetched) >= 5
    for url in page.fetched:
        assert (urlsplit(url).scheme, urlsplit(url).netloc) == ("", "")
        assert url.startswith(("/static/", "/docs"))


def test_every_static_file_it_names_is_there(page):
    for url in page.fetched:
        if url.startswith("/static/"):
            assert finders.find(url.removeprefix("/static/")), url


def test_its_style_sheets_fetch_nothing(page):
    sheets = [url for url in page.fetched if url.endswith(".css")]
    assert sheets
    for url in sheets:
        text = Path(finders.find(url.removeprefix("/static/"))).read_text()
        assert "@import" not in text
        assert all(target.startswith("data:") for target in re.findall(r"url\([\"']?([^)]*)", text))


def test_it_carries_no_code_of_its_own(page):
    assert page.inline == []


def test_its_script_names_no_host_and_asks_no_validator(client, page):
    [url] = [url for url in page.fetched if url.startswith("/docs")]
    reply = client.get(url)
    script = reply.content.decode()
    assert reply["Content-Type"].startswith("application/javascript")
    assert not re.search(r"https?:", script)
    assert '"validatorUrl": null' in script
    assert '"tryItOutEnabled": true' in script
    assert "/schema" in script


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs?script="])
def test_the_browser_is_told_to_fetch_nothing_else(client, db, path):
    policy = client.get(path)["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'self'"
    assert rules["img-src"] == "'self' data:"
    # One text of our own may stand inline, known by its hash: that fetches nothing.
    assert re.fullmatch(r"'self' 'sha256-[A-Za-z0-9+/]{43}='", rules["style-src"])
    assert rules.keys().isdisjoint({"script-src", "connect-src", "font-src"})  # the default holds
    assert "unsafe" not in policy


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_another_method_is_405_in_json(client, db, method):
    reply = getattr(client, method)("/docs")
    assert reply.status_code == 405
    assert reply["Content-Type"] == "application/json"
