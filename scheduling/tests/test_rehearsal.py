"""A candidate's server that does not start, hangs, answers nonsense or will not end: told of, and gone."""

import subprocess

import pytest

from scheduling import child, rehearsal
from scheduling.rehearsal import RehearsalFailed, bad_requests, rehearse
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
    """Let this script be the candidate's server; see afterwards that none of it is left."""

    def let(script):
        def start(version, port, output):
            argv = command(script.replace("PORT", str(port)))
            return subprocess.Popen(argv, cwd=child.ROOT, stdout=output, stderr=subprocess.STDOUT)

        monkeypatch.setattr(rehearsal, "_start", start)

    yield let
    pipe.wait_until_all_have_ended()


def server(*, ready=READY, predict=PREDICT):
    return SERVER.replace("READY", ready).replace("PREDICT", predict)


def rehearsed(version, rows=3):
    spec = version.signature.spec()
    return rehearse(version, spec.rows_of(read_csv("evaluation").head(rows)))


def failed(version):
    with pytest.raises(RehearsalFailed) as caught:
        rehearsed(version)
    return str(caught.value)


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
    said = failed(strong)
    assert said.startswith("its server ended with 3: ")
    assert "no such model" in said


def test_a_server_that_is_killed_is_told_of(strong, served_by):
    served_by("ready(); os.kill(os.getpid(), signal.SIGKILL)")
    assert failed(strong).startswith("its server ended with -9: ")


def test_a_server_that_never_listens_is_given_up(strong, served_by, monkeypatch):
    monkeypatch.setattr(rehearsal, "START_SECONDS", 0.5)
    served_by("print('loading', flush=True); ready(); time.sleep(60)")
    said = failed(strong)
    assert said.startswith("its server was not ready within 0.5 s: ")
    assert "loading" in said


def test_a_candidate_that_does_not_load_says_why(strong, served_by):
    served_by(server(ready='self.answer(503, b\'{"problems": {"iris": "sha256 differs"}}\')'))
    assert failed(strong) == 'it does not load: {"problems": {"iris": "sha256 differs"}}'


@pytest.mark.parametrize("part", ["ready", "predict"])
def test_a_server_that_hangs_is_given_up(strong, served_by, monkeypatch, part):
    monkeypatch.setattr(rehearsal, "START_SECONDS", 1.0)
    monkeypatch.setattr(rehearsal, "REQUEST_SECONDS", 0.3)
    served_by(server(**{part: "time.sleep(60)"}))
    said = failed(strong)
    assert said.startswith("no answer within 0.3 s to {" if part == "predict" else "its server was not ready")


def test_a_server_that_is_too_slow_in_all_is_given_up(strong, served_by, monkeypatch):
    monkeypatch.setattr(rehearsal, "TOTAL_SECONDS", -1.0)
    served_by(server())
    assert failed(strong) == "the rehearsal took over -1 seconds"


@pytest.mark.parametrize("body", ["<html>", ""])
def test_an_answer_that_is_no_json_fails_the_rehearsal(strong, served_by, body):
    served_by(server(predict=f"self.answer(200, b{body!r})"))
    assert failed(strong).startswith("no answer to {")


def test_a_server_that_drops_the_connection_fails_the_rehearsal(strong, served_by):
    served_by(server(predict="self.connection.close(); os._exit(0)"))
    assert failed(strong).startswith("no answer to {")


def test_a_server_that_does_not_stop_when_asked_is_killed(strong, served_by):
    served_by("signal.signal(signal.SIGTERM, signal.SIG_IGN)" + server())
    assert len(rehearsed(strong).replies) == 3


def test_every_required_feature_has_its_bad_requests():
    from conftest import iris_spec

    bad = bad_requests(iris_spec())
    assert bad["no field at all"] == {}
    assert "petalwidth" not in bad["petalwidth missing"]
    assert bad["petalwidth of another type"]["petalwidth"] == "rubbish"
    assert len(bad) == 9
