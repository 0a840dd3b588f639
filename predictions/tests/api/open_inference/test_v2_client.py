"""A public client of the Open Inference Protocol, unmodified, against the server that users start."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from tritonclient import http
from tritonclient.utils import InferenceServerException

from mlsite.tests.processes import ROOT, clean_environment, url_of_test_database
from predictions.serving import answering
from predictions.tests import other_models
from predictions.tests.factories import make_person, token_of

pytestmark = pytest.mark.django_db(transaction=True)  # another process reads the rows
MATRIX = np.array([[5.1, 3.5, 1.4, 0.2], [6.5, 3.0, 5.8, 2.2]])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def triton(live, config, tmp_path):
    """The client of a granian that serves iris, buyers and spending."""
    other_models.buyers()
    other_models.spending()
    port = free_port()
    environment = clean_environment(
        tmp_path, DATABASE_URL=url_of_test_database(), MEDIA_ROOT=str(config.MEDIA_ROOT), HTTPS="false"
    )
    granian = Path(sys.executable).with_name("granian")
    command = [granian, "--interface", "wsgi", "--port", str(port), "--log-level", "warning", "--no-ws"]
    with open(tmp_path / "log", "wb") as log:
        server = subprocess.Popen(
            [*command, "mlsite.wsgi:application"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            wait_until_ready(port, tmp_path / "log")
            yield http.InferenceServerClient(f"127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_until_ready(port, log):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/health/ready", timeout=5)
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def tensor(name, array, datatype, *, binary):
    made = http.InferInput(name, array.shape, datatype)
    made.set_data_from_numpy(array, binary_data=binary)
    return made


def refusal(triton, *arguments, **options):
    with pytest.raises(InferenceServerException) as refused:
        triton.infer(*arguments, **options)
    return refused.value.status(), refused.value.message()


def test_it_asks_about_the_server_and_its_models(triton):
    assert triton.is_server_live()
    assert triton.is_server_ready()
    assert triton.is_model_ready("iris")
    assert triton.is_model_ready("iris", "1.0")
    assert not triton.is_model_ready("none")
    assert triton.get_server_metadata()["extensions"] == ["binary_tensor_data"]
    assert triton.get_model_metadata("buyers")["inputs"][1]["datatype"] == "BYTES"


def test_it_predicts_numbers_text_and_values_and_is_told_what_is_wrong(triton):
    for binary in (True, False):
        matrix = tensor("features", MATRIX, "FP64", binary=binary)
        result = triton.infer("iris", [matrix], request_id="42")
        assert result.as_numpy("predict").tolist() == [0, 2]
        for coding in ("gzip", "deflate"):
            shrunk = triton.infer("iris", [matrix], request_compression_algorithm=coding)
            assert shrunk.as_numpy("predict").tolist() == [0, 2]
        assert result.as_numpy("predict_proba").sum(axis=1) == pytest.approx([1, 1])
        assert result.get_response()["id"] == "42"
        wanted = [http.InferRequestedOutput("predict", binary_data=binary)]
        assert triton.infer("iris", [matrix], outputs=wanted).as_numpy("predict_proba") is None
        columns = [
            tensor("age", np.array([[50], [20]]), "INT64", binary=binary),
            tensor("town", np.array([["Rome"], ["Ösló"]], dtype=object), "BYTES", binary=binary),
        ]
        assert triton.infer("buyers", columns).as_numpy("predict").tolist() == [b"yes", b"no"]
        numbers = tensor("features", np.array([[50.0, 1, 2]], np.float32), "FP32", binary=binary)
        assert triton.infer("spending", [numbers]).as_numpy("predict") == pytest.approx([114], abs=0.01)
    bad = MATRIX.copy()
    bad[1, 3] = np.nan
    status, message = refusal(triton, "iris", [tensor("features", bad, "FP64", binary=True)])
    assert (status, message) == ("400", "rows[1].petalwidth: Input should be a valid number")


def test_it_tries_a_version_that_is_not_live_with_a_token(triton, strong):
    answering.shelf = answering.Shelf()
    matrix = [tensor("features", MATRIX, "FP64", binary=True)]
    assert refusal(triton, "iris", matrix, model_version="1.1")[0] == "401"
    headers = token_of(make_person("tom", "try_version"))
    result = triton.infer("iris", matrix, model_version="1.1", headers=headers)
    assert result.get_response()["model_version"] == "1.1"
    assert result.as_numpy("predict").tolist() == [0, 2]
