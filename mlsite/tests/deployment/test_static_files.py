"""Static files are compressed when they are collected, in seconds whatever else is installed."""

from pathlib import Path

import pytest
from django.urls import set_script_prefix

from mlsite.static_files import GzipStorage


def test_they_are_compressed_by_gzip_only(tmp_path):
    file = tmp_path / "page.css"
    file.write_text("body { color: red }\n" * 500)
    storage = GzipStorage(location=tmp_path, base_url="/static/")
    made = {Path(path).name for _, path in storage.compress_files(["page.css"])}
    assert made == {"page.css.gz"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.css", "page.css.gz"]


@pytest.fixture
def below_ml():
    set_script_prefix("/ml/")
    yield
    set_script_prefix("/")


def test_their_urls_are_below_the_path_of_the_request(tmp_path, below_ml):
    storage = GzipStorage(location=tmp_path, base_url="/static/")
    storage.hashed_files = {"page.css": "page.0123456789ab.css"}
    assert storage.url("page.css") == "/ml/static/page.0123456789ab.css"
    set_script_prefix("/")  # of the next request
    assert storage.url("page.css") == "/static/page.0123456789ab.css"
