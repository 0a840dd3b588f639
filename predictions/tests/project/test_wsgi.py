"""`model_delivery` gives bodies of ours their length, and leaves those of the project's own views alone."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import RequestFactory
from django.urls import include, path

from predictions.tests.project.test_paths import mounted
from predictions.wsgi import model_delivery

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def seen():
    return {}


def test_it_is_imported_before_the_settings_are_named():
    without = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run([sys.executable, "-c", "import predictions.wsgi"], check=True, env=without, cwd=ROOT)


@pytest.fixture
def application(seen, monkeypatch):
    def django(environ, start_response):
        seen["length"], seen["body"] = environ.get("CONTENT_LENGTH"), environ["wsgi.input"].read()
        return []

    monkeypatch.setattr("predictions.counting.prometheus.counted", lambda application: application)
    return model_delivery(django)


def chunked(where, body, **environ):
    request = RequestFactory().post(where, b"", content_type="text/plain")
    request.environ.pop("CONTENT_LENGTH", None)
    return request.environ | {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(body)} | environ


def test_only_bodies_of_ours_are_measured(application, seen):
    with mounted(path("ml/", include("predictions.urls"))):
        application(chunked("/ml/predict", b"12345"), None)
        assert seen == {"length": "5", "body": b"12345"}
        application(chunked("/their/upload", b"12345"), None)
        assert seen == {"length": None, "body": b"12345"}


def test_a_frame_of_http2_has_no_length_either(application, seen):
    framed = {"SERVER_PROTOCOL": "HTTP/2"}
    with mounted(path("ml/", include("predictions.urls"))):
        environ = chunked("/ml/predict", b"12345", **framed)
        del environ["HTTP_TRANSFER_ENCODING"]
        application(environ, None)
    assert seen == {"length": "5", "body": b"12345"}


def test_of_a_body_that_is_too_large_one_byte_over_the_limit_is_kept(application, seen, config):
    config.MAX_BODY_BYTES = config.MAX_BATCH_BYTES = config.MAX_UPLOAD_BYTES = 10
    with mounted(path("ml/", include("predictions.urls"))):
        application(chunked("/ml/predict", b"x" * 50), None)
    assert seen["length"] == "11"
