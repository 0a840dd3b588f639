"""The one panel of `make run`: it waits for the web tier, and shows where everything is."""

import sys

import pytest

from scheduling.operations import banner


@pytest.fixture
def shown(monkeypatch, capsys):
    """Call it with an address to get what is printed."""

    def show(url, login="admin / secret"):
        monkeypatch.setattr(sys, "argv", ["banner", url, login])
        banner.main()
        return capsys.readouterr().out

    return show


def test_it_shows_the_addresses_and_the_login_once_the_web_tier_is_ready(shown, httpserver):
    httpserver.expect_ordered_request("/health/ready").respond_with_data("", status=503)
    httpserver.expect_ordered_request("/health/ready").respond_with_data("", status=200)
    url = httpserver.url_for("").rstrip("/")
    text = shown(url)
    for said in ("admin / secret", f"POST {url}/predict", f"{url}/docs", f"{url}/admin/", "Ctrl-C stops"):
        assert said in text
    assert len(httpserver.log) == 2


def test_it_says_so_where_nobody_answers(shown, monkeypatch):
    monkeypatch.setattr(banner, "SECONDS", 0.1)
    text = shown("http://127.0.0.1:9")
    assert text.startswith("http://127.0.0.1:9 does not answer")
    assert "secret" not in text
