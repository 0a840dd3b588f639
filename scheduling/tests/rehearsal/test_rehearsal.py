"""A server that does not start, hangs, answers nonsense or will not end: told of, and gone."""

import subprocess

import pytest

from mlsite.tests.processes import ROOT
from scheduling.evidence.rehearsed import MemoryLimitReached, RehearsalFailed
from scheduling.rehearsal import server as rehearsal_server
from scheduling.rehearsal import session
from scheduling.rehearsal.session import bad_requests, rehearse
from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.process_factory import command

SERVER = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        READY
    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        PREDICT
server = HTTPServer(("127.0.0.1", PORT), Handler)
ready()
server.serve_forever()
"""
READY = 'self.answer(200, b"{}")'
PREDICT = 'self.answer(200, b\'{"species": 1, "model": "m"}\', X_Model_Version="1.1")'


@pytest.fixture
def served_by(monkeypatch, pipe):
    """Let this script be the rehearsal's server; see afterwards that none of it is left."""

    def let(script):
        def start(versions, port, output):
            argv = command(script.replace("PORT", str(port)))
            return subprocess.Popen(argv, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)

        monkeypatch.setattr(rehearsal_server, "start", start)
        monkeypatch.setattr(session, "LEAST_REQUESTS", 1)

    yield let
    pipe.wait_until_all_have_ended()


def server(*, ready=READY, predict=PREDICT):
    return SERVER.replace("READY", ready).replace("PREDICT", predict)


def rehearsed(version, rows=3):
    spec = version.signature.spec()
    return rehearse(version, dict(enumerate(spec.rows_of(read_csv("evaluation").head(rows)))))


def failure(version):
    with pytest.raises(RehearsalFailed) as caught:
        rehearsed(version)
    return caught.value


def failed(version):
    return str(failure(version))


def test_it_keeps_a_reply_for_each_row_and_each_bad_request(strong, served_by):
    served_by(server())
    result = rehearsed(strong)
    assert [reply.body for reply in result.replies] == [{"species": 1, "model": "m"}] * 3
    assert [reply.version for reply in result.replies] == ["1.1"] * 3
    assert all(0 < reply.seconds < 5 for reply in result.replies)
    assert result.refusals.keys() == bad_requests(strong.signature.spec()).keys()
    assert result.load_seconds > 0


def test_it_sends_the_rows_as_a_client_would(strong, served_by):
    served_by(server(predict="self.answer(200, b'{\"asked\": %s}' % asked)"))
    reply = rehearsed(strong, rows=1).replies[0]
    first = read_csv("evaluation").iloc[0].drop("species").to_dict()
    assert reply.body == {"asked": first}


def test_a_server_that_ends_at_once_is_told_of_with_its_last_words(strong, served_by):
    served_by("ready(); print('no such model'); sys.exit(3)")
    error = failure(strong)
    assert "(exit code 3)" in str(error)
    assert "no such model" in error.words


def test_a_server_that_is_killed_is_told_of(strong, served_by):
    served_by("ready(); os.kill(os.getpid(), signal.SIGKILL)")
    assert "(signal SIGKILL)" in failed(strong)


def test_a_server_that_never_listens_is_given_up(strong, served_by, monkeypatch):
    monkeypatch.setattr(rehearsal_server, "START_SECONDS", 0.5)
    served_by("print('loading', flush=True); ready(); time.sleep(60)")
    error = failure(strong)
    assert "0.5 s" in str(error)
    assert "loading" in error.words


def test_a_candidate_that_does_not_load_says_why(strong, served_by):
    served_by(server(ready='self.answer(503, b\'{"problems": {"iris": "sha256 differs"}}\')'))
    assert "1.0 cannot be loaded: sha256 differs." in failed(strong)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"problems": 1}'])
def test_one_that_does_not_load_and_does_not_say_why_is_told_of(strong, served_by, body):
    served_by(server(ready=f"self.answer(503, b{body!r})"))
    assert "1.0 cannot be loaded: " in failed(strong)


@pytest.mark.parametrize("part", ["ready", "predict"])
def test_a_server_that_hangs_is_given_up(strong, served_by, monkeypatch, part):
    monkeypatch.setattr(rehearsal_server, "START_SECONDS", 1.0)
    monkeypatch.setattr(rehearsal_server, "REQUEST_SECONDS", 0.3)
    served_by(server(**{part: "time.sleep(60)"}))
    error = failure(strong)
    assert ("1.0" in str(error)) is (part == "predict")
    assert "within 0.3 s" in str(error) or part == "ready"
    assert "row 0 " in error.words or part == "ready"


def test_a_server_that_is_too_slow_in_all_is_given_up(strong, served_by, monkeypatch):
    monkeypatch.setattr(rehearsal_server, "TOTAL_SECONDS", -1.0)
    served_by(server())
    assert all(said in failed(strong) for said in ("1.0", "-1 s"))


@pytest.mark.parametrize("body", ["<html>", ""])
def test_an_answer_that_is_no_json_fails_the_rehearsal(strong, served_by, body):
    served_by(server(predict=f"self.answer(200, b{body!r})"))
    error = failure(strong)
    assert "JSON" in str(error)
    assert body in error.words


def test_a_server_that_drops_the_connection_fails_the_rehearsal(strong, served_by):
    served_by(server(predict="self.connection.close(); os._exit(0)"))
    assert "(exit code 0)" in failed(strong)


def test_a_connection_that_breaks_while_the_server_lives_fails_the_rehearsal(strong, served_by, monkeypatch):
    monkeypatch.setattr(rehearsal_server, "END_SECONDS", 0.2)
    served_by(server(predict="self.wfile.write(b'nonsense'); self.close_connection = True"))
    assert "ProtocolError" in failed(strong)


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGSEGV)", "os._exit(128 + 11)"])
def test_a_server_that_crashes_when_asked_is_told_of_with_the_signal(strong, served_by, end):
    served_by(server(predict=end))
    error = failure(strong)
    assert "(signal SIGSEGV)" in str(error)
    assert error.words.startswith("row 0 ")


def test_no_failure_quotes_a_row(strong, served_by):
    served_by(server(predict="print(asked, flush=True); os._exit(3)"))
    error = failure(strong)
    first = str(read_csv("evaluation").iloc[0]["sepallength"])
    assert first in error.words  # what the server itself wrote, for few
    assert first not in str(error)


OUT_OF_MEMORY = [
    "sys.stderr.write('memory allocation of 8 bytes failed'); sys.stderr.flush(); os.abort()",
    "self.answer(500, b'{}', X_Rehearsal_Problem='MemoryError()')",
    "self.answer(500, b'{}', X_Rehearsal_Problem='RuntimeException: out of memory')",
]


@pytest.mark.parametrize("predict", OUT_OF_MEMORY)
def test_one_that_wants_too_much_memory_is_told_of(strong, served_by, predict, config):
    config.CHILD_MEMORY_MB = 1234
    served_by(server(predict=predict))
    with pytest.raises(MemoryLimitReached, match="CHILD_MEMORY_MB allows 1,234 MB"):
        rehearsed(strong)


def test_one_that_wants_too_much_memory_to_be_loaded_is_told_of(strong, served_by):
    ready = """self.answer(503 if "X-Rehearsal-Version" in self.headers else 200, b"std::bad_alloc")"""
    served_by(server(ready=ready))
    with pytest.raises(MemoryLimitReached, match=r"1\.0 ran out of memory .* to be loaded.* Raise that"):
        rehearsed(strong)


def test_any_other_500_is_a_reply_with_what_raised_it(strong, served_by):
    told = "X_Rehearsal_Problem='KeyError', X_Rehearsal_Words='KeyError(1)'"
    served_by(server(predict=f"self.answer(500, b'{{}}', {told})"))
    replies = rehearsed(strong).replies
    said = {(reply.status, reply.problem, reply.words) for reply in replies}
    assert said == {(500, "KeyError", "KeyError(1)")}


def test_a_server_that_does_not_stop_when_asked_is_killed(strong, served_by):
    served_by("signal.signal(signal.SIGTERM, signal.SIG_IGN)" + server())
    assert len(rehearsed(strong).replies) == 3
