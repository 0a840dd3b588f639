"""What a thread reads is watched while it waits, and nobody acts on a body that was cut."""

import io
import json
import threading

import pytest

from predictions.api.receiving import too_slow
from predictions.slow_bodies import cutting, watch
from predictions.slow_bodies.waiting import CUT, PIECE, REST, Body, TooSlow, awaited, read, waiting
from predictions.slow_bodies.watch import BODY

GRANIAN = {"SERVER_SOFTWARE": "Granian", "REQUEST_METHOD": "POST", "PATH_INFO": "/predict"}


@pytest.fixture(autouse=True)
def _nobody_looks(monkeypatch):
    monkeypatch.setattr(watch, "over", lambda waiting, content: None)


class Stream(io.BytesIO):
    """It tells which bodies are waited for while it is read; with `is_cut` the watch takes them."""

    is_cut = False

    def read(self, size=-1):
        self.seen = [
            (thread, getattr(given.get(BODY), "received", None)) for thread, given in waiting.values()
        ]
        if self.is_cut:
            waiting.clear()
        return super().read(size)


def ask(application, stream, **environ):
    given = GRANIAN | environ | {"wsgi.input": stream}
    return awaited(application, content=lambda environ: b"")(given, None)


def test_a_body_is_watched_while_a_thread_reads_it():
    stream = Stream(b"12345")
    assert ask(lambda environ, start: [environ["wsgi.input"].read(5)], stream) == [b"12345"]
    assert stream.seen == [(threading.get_ident(), 0)]
    assert waiting == {}


def test_of_a_long_body_it_is_known_how_much_has_come():
    stream = Stream(b"x" * (3 * PIECE + 1))
    assert read({"wsgi.input": stream}, 3 * PIECE + 1) == stream.getvalue()
    assert stream.seen == [(threading.get_ident(), 3 * PIECE)]


def test_a_short_body_is_watched_without_any_more():
    stream = Stream(b"12345")
    assert read({"wsgi.input": stream}, 5) == b"12345"
    assert stream.seen == [(threading.get_ident(), None)]


def test_a_body_that_ends_early_is_returned_as_it_is():
    assert ask(lambda environ, start: [environ["wsgi.input"].read(3 * PIECE)], Stream(b"cut")) == [b"cut"]


@pytest.mark.parametrize("lines", [list, Body.readlines, lambda body: [body.readline(), body.readline()]])
def test_lines_are_read_as_from_any_stream(lines):
    assert ask(lambda environ, start: lines(environ["wsgi.input"]), Stream(b"a\nb\n")) == [b"a\n", b"b\n"]


def test_what_was_cut_before_does_not_reach_the_application():
    stream, environ = Stream(b"12345"), {**GRANIAN}
    stream.is_cut = True
    with pytest.raises(TooSlow):
        read(environ | {"wsgi.input": stream}, 5)
    answer = ask(pytest.fail, stream, **{CUT: True})
    assert answer.status_code == 408


def test_what_an_application_answers_to_a_body_that_was_cut_is_not_sent():
    stream, closed = Stream(b"12345"), []
    stream.is_cut = True

    class Response(list):
        def close(self):
            closed.append(self)

    def application(environ, start):
        with pytest.raises(TooSlow):
            environ["wsgi.input"].read(5)
        return Response()

    answer = ask(application, stream)
    assert answer.status_code == 408
    assert len(closed) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("size", "left"), [(5, 0), (REST, 0), (REST + 1, REST + 1)])
def test_the_rest_of_a_body_is_read_so_that_the_connection_stays(method, size, left):
    stream = Stream(b"x" * size)
    ask(lambda environ, start: [b"405"], stream, CONTENT_LENGTH=str(size), REQUEST_METHOD=method)
    assert len(stream.getvalue()) - stream.tell() == left


@pytest.mark.parametrize("environ", [{"SERVER_SOFTWARE": "gunicorn/23.0.0"}, {"REQUEST_METHOD": "GET"}])
def test_other_servers_and_requests_without_a_body_are_left_alone(environ):
    stream = Stream(b"")
    assert ask(lambda given, start: given["wsgi.input"], stream, **environ) is stream


class Connection:
    def __init__(self):
        self.answered, self.is_answered = [], threading.Event()

    def response_iter(self, status, headers, parts):
        self.answered.append((status, dict(headers), b"".join(parts)))
        self.is_answered.set()


@pytest.mark.parametrize(("path", "key"), [("/predict", "code"), ("/v2/models/iris/infer", "error")])
def test_the_client_is_answered_in_place_of_the_thread_in_the_shape_of_the_path(path, key):
    environ, proto = GRANIAN | {"PATH_INFO": path}, Connection()
    thread, content = threading.get_ident(), too_slow(environ)
    cutting.answer_too_slow(environ, thread, content=content, claim=lambda: True)
    assert proto.is_answered.wait(10)
    [(status, headers, content)] = proto.answered
    assert status == 408
    assert headers["Connection"] == "close"
    assert key in json.loads(content)
    assert int(headers["Content-Length"]) == len(content) + 1  # so that granian ends the connection


def test_nobody_is_answered_for_another_request_or_for_one_that_has_come():
    environ, proto = {**GRANIAN}, Connection()
    thread = threading.get_ident()
    cutting.answer_too_slow({**environ}, thread, content=b"", claim=lambda: True)
    cutting.answer_too_slow(environ, thread, content=b"", claim=lambda: None)
    assert proto.answered == []
