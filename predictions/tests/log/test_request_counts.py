"""What a worker counts by version and block, and that a failure is in its file at once."""

import json

import pytest

from predictions.log import request_counts, segments
from predictions.log.records import RecordInvalid
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.factories import make_person, token_of

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
PATHS = {
    "/predict": json.dumps(ROW),
    "/api/models/iris/predict": json.dumps(ROW),
    "/v2/models/iris/infer": json.dumps(
        {"inputs": [{"name": n, "shape": [1], "datatype": "FP64", "data": [v]} for n, v in ROW.items()]}
    ),
}
every_path = pytest.mark.parametrize("path", PATHS)


class Breaking:
    """A session that raises, as ONNX Runtime does for a value that an operator cannot take."""

    def run(self, names, inputs):
        raise RuntimeError("indices element out of data bounds")


@pytest.fixture
def counting(live):
    """This process counts as a web worker does, at a time that stands still."""
    request_counts.start()
    yield request_counts._counts
    request_counts._counts = None


@pytest.fixture
def broken(counting, monkeypatch):
    """The live version fails."""
    monkeypatch.setitem(serving.current().default.version.__dict__, "session", Breaking())


def ask(client, path, body=None, **headers):
    client.raise_request_exception = False
    return client.post(path, body or PATHS[path], content_type="application/json", headers=headers)


def written(settings):
    """version -> (answered, refused, failed, last error) of the last line of each block."""
    content = b"".join(path.read_bytes() for path in segments.segments(settings.SPOOL_DIR))
    lines = [json.loads(line) for line in content.replace(b"\0", b"").splitlines()]
    return {line[2]: tuple(line[5:]) for line in lines if line[0] == "requests"}


@every_path
def test_an_answer_and_a_refusal_are_counted_and_written_in_time(client, live, counting, settings, path):
    assert ask(client, path).status_code == 200
    assert ask(client, path, "{}").status_code == 400
    request_counts.write()
    assert written(settings) == {}
    request_counts.write(at_once=True)
    assert written(settings) == {live.pk: (1, 1, 0, "")}


@every_path
def test_a_failure_is_in_the_file_when_the_client_has_its_500(client, live, broken, settings, path):
    assert ask(client, path).status_code == 500
    assert written(settings) == {live.pk: (0, 0, 1, "RuntimeError")}


def test_with_a_token_it_is_the_same(client, live, broken, settings):
    token = token_of(make_person("ann"))
    assert ask(client, "/api/models/iris/predict", **token).status_code == 500
    assert ask(client, "/api/models/iris/predict", "{}", **token).status_code == 400
    request_counts.write(at_once=True)
    assert written(settings)[live.pk][:3] == (0, 1, 1)


def test_what_reaches_no_version_is_counted_for_none(client, live, counting, settings):
    assert ask(client, "/api/models/nobody/predict", "{}").status_code == 404
    serving.swap(serving.Snapshot())
    assert ask(client, "/predict").status_code == 503
    request_counts.write(at_once=True)
    assert written(settings) == {}


def test_nothing_is_written_twice_and_each_block_has_an_id(counting, live, settings, monkeypatch):
    counting.answered(live.pk)
    for _ in range(2):
        request_counts.write(at_once=True)
    monkeypatch.setattr(request_counts.time, "time", lambda: counting._block + 300.5)
    counting.answered(live.pk)
    request_counts.write(at_once=True)
    [path] = segments.segments(settings.SPOOL_DIR)
    first, second = [json.loads(line) for line in path.read_bytes().rstrip(b"\0").splitlines()]
    assert first[1] != second[1]
    assert (first[3] + 300, first[5], second[5]) == (second[3], 1, 1)


def test_a_block_that_ends_is_written_by_the_next_request(counting, live, settings, monkeypatch):
    counting.answered(live.pk)
    monkeypatch.setattr(request_counts.time, "time", lambda: counting._block + 300.5)
    counting.answered(live.pk)
    assert written(settings) == {live.pk: (1, 0, 0, "")}


def test_any_error_can_be_written(counting, live, settings):
    counting.failed(live.pk, RecordInvalid("\ud800\0" + "x" * 1000))
    [*_, said] = written(settings)[live.pk]
    assert len(said) == 300


def test_a_rehearsal_counts_nothing(live, settings):
    settings.REHEARSAL_VERSION = [live.pk]
    request_counts.start()
    assert request_counts._counts is None


def test_elsewhere_nothing_is_counted(client, live, settings):
    Follower().step()
    assert ask(client, "/predict").status_code == 200
    assert written(settings) == {}
