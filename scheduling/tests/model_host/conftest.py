"""A model host in a thread of the test, and a registered version that it answers for."""

import socket
import tempfile
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
import skops.io
from sklearn.semi_supervised import LabelPropagation

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.hosted.wire import Wanted
from predictions.registry import artefacts, compiling
from predictions.registry.refusals import NotCompilable
from predictions.tests.other_models import MIXED, fitted, people, pipeline
from scheduling.model_host.server import ModelHost

AGE = FeatureSpec(name="age", kind=Kind.INT, example=30)
DEBT = FeatureSpec(name="debt", kind=Kind.FLOAT, example=2.5)
SPEC = SignatureSpec(task="classification", output_name="buys", labels=("no", "yes"), features=(AGE, DEBT))


class Ending(ModelHost):
    """Ends its conversations with itself, as the end of a process does."""

    def process_request(self, request, client_address):
        self.connections = [*getattr(self, "connections", []), request]
        super().process_request(request, client_address)

    def server_close(self):
        super().server_close()
        for connection in getattr(self, "connections", []):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def hosting(path, *, most_versions=2):
    """Answer at this socket within."""
    host = Ending(path, most_versions=most_versions)
    thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        host.shutdown()
        host.server_close()
        path.unlink(missing_ok=True)


@pytest.fixture
def socket_path(config):
    """A short path, as a socket needs, that this process asks at."""
    with tempfile.TemporaryDirectory() as folder:
        config.MODEL_HOST_SOCKET = Path(folder) / "host.sock"
        yield config.MODEL_HOST_SOCKET


@pytest.fixture
def host(socket_path):
    with hosting(socket_path) as host:
        yield host


def stored(content, *, spec=SPEC, version="churn 1.0"):
    """The file under MEDIA_ROOT, and what is asked for."""
    path = artefacts.store(content, folder="models/churn", filename="served.skops")
    return Wanted(version=version, served_form=path, sha256=artefacts.sha256_of(content), spec=spec)


def propagation():
    """A model without an ONNX form, on two numbers."""
    return fitted(LabelPropagation(), people(), SPEC)


def mixed():
    """The same behind columns of text with gaps."""
    return fitted(pipeline(LabelPropagation()), people(), MIXED)


@pytest.fixture
def no_onnx(monkeypatch):
    """Nothing converts, whatever the converter learns in time."""

    def refuse(estimator, spec):
        raise NotCompilable("no_converter", part="estimator")

    names = [rung.name for rung in compiling.LADDER]
    monkeypatch.setattr(compiling, "LADDER", [replace(rung, make=refuse) for rung in compiling.LADDER])
    return set(names)


@pytest.fixture
def wanted():
    return stored(skops.io.dumps(propagation()))
