"""A server that answers as the API does, and a client that prints into a text."""

import io
import threading

import pytest
from rich.console import Console

from model_delivery import Delivery


@pytest.fixture
def printed():
    return io.StringIO()


@pytest.fixture
def delivery(httpserver, printed):
    console = Console(file=printed, width=200)
    return Delivery(httpserver.url_for(""), "the-token", console=console)


@pytest.fixture
def churn(delivery):
    from model_delivery.model import Model

    return Model(delivery._session, "churn")


@pytest.fixture(autouse=True)
def no_pauses(request, monkeypatch):
    """What waits between two attempts does not wait; the pauses are kept to be asserted.

    With the real program it waits: that works meanwhile.
    """
    from model_delivery import telling, waiting

    pauses = []
    if request.node.get_closest_marker("end_to_end"):
        return pauses
    monkeypatch.setattr("urllib3.util.retry.time.sleep", pauses.append)
    for module in (telling, waiting):
        monkeypatch.setattr(module.time, "sleep", pauses.append)
    return pauses


@pytest.fixture
def asked(httpserver):
    """What was asked so far, as (method, path)."""

    def paths():
        threading.Event().wait(0.05)  # the server notes a request after it was answered
        return [(request.method, request.path) for request, _ in httpserver.log]

    return paths


@pytest.fixture
def until_noted(httpserver):
    """Wait until the server has noted a request whose connection it cut: else the next test would find it."""

    def wait(path):
        for _ in range(500):
            if path in [request.path for request, _ in httpserver.log]:
                return
            threading.Event().wait(0.01)
        raise AssertionError(f"{path} was not asked for")

    return wait
