"""The load generator sees what is lost and what is wrong: its zeros are worth something."""

import os
import socketserver
import threading
import time

import pytest

from benchmarks.load.closed_loop import ClosedLoop, request_bytes

GOOD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Server(socketserver.ThreadingTCPServer):
    """Answers the n-th request with the n-th of `answers`, then with good ones; None closes."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.lock = list(answers), threading.Lock()

    def next_answer(self):
        with self.lock:
            return self.answers.pop(0) if self.answers else GOOD


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        while self.request.recv(65536):
            answer = self.server.next_answer()
            if answer is None:
                return
            for part in answer if isinstance(answer, list) else [answer]:
                self.request.sendall(part)
                time.sleep(0.001)


@pytest.fixture
def seen_with():
    """Run the loop for a moment against a server that gives these answers; return its tally."""

    def run(*answers, check=lambda reply, row: None, connections=2):
        with Server(answers) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            read, write = os.pipe()
            threading.Timer(0.3, os.close, [write]).start()
            requests = [request_bytes("127.0.0.1", 80, "/predict", f'{{"row":{i}}}') for i in range(3)]
            with os.fdopen(read) as stop:
                tally = ClosedLoop(server.server_address, requests, check).run(connections, stop)
            server.shutdown()
            return tally

    return run


def lost(tally):
    return {why: times for why, times in tally.failed.items() if times}


def test_good_answers_are_counted_and_timed(seen_with):
    tally = seen_with()
    assert len(tally.seconds) > 10
    assert all(0 < seconds < 5 for seconds in tally.seconds)
    assert lost(tally) == {}
    assert not tally.wrong


def test_an_answer_in_pieces_is_one_answer(seen_with):
    assert lost(seen_with([GOOD[:10], GOOD[10:]])) == {}


def test_another_status_is_a_failed_request(seen_with):
    assert lost(seen_with(GOOD.replace(b"200 OK", b"503 Oh"))) == {"status 503": 1}


def test_a_lost_connection_is_a_failed_request_and_is_made_anew(seen_with):
    tally = seen_with(None, None)
    assert sum(lost(tally).values()) == 2
    assert len(tally.seconds) > 10


def test_rubbish_is_a_failed_request(seen_with):
    assert sum(lost(seen_with(b"rubbish\r\n\r\n")).values()) == 1


def test_a_wrong_answer_is_counted_with_its_reason(seen_with):
    tally = seen_with(check=lambda reply, row: "the second row is wrong" if row == 1 else None)
    assert set(tally.wrong) == {"the second row is wrong"}
    assert tally.wrong.total() == pytest.approx(len(tally.seconds) / 3, abs=1)


def test_a_server_that_is_not_there_is_a_failure_for_each_connection():
    with Server([]) as server:
        address = server.server_address
    read, write = os.pipe()
    os.close(write)
    with os.fdopen(read) as stop:
        tally = ClosedLoop(address, [b""], lambda reply, row: None).run(2, stop)
    assert sum(lost(tally).values()) == 2
    assert tally.seconds == []
