"""Requests with marked values, good, bad and failing, and the watch that reads their log."""

import json
import logging

import pytest
from django.utils import timezone

from predictions.log import request_counts, segments
from predictions.log.ingester import Ingester
from predictions.models import Prediction, RequestCount, Worker
from predictions.registry import loading
from predictions.serving import serving
from predictions.serving.follower import Follower
from scheduling.models import Watch
from scheduling.tests.problem_factory import train
from scheduling.tests.redaction.marked import NAMES, SIZES, WORDS, make_rows, quoted, seen
from scheduling.tests.redaction.marked_model import leaks, lines, make_marked
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import look, watched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]
REDACTED = [frozenset(), frozenset({"amount", "word"}), NAMES]
each_redaction = pytest.mark.parametrize(
    "redacted", REDACTED, ids=["nothing", "two features", "all features"]
)
GOOD = {
    "amount": SIZES["amount"], "ratio": SIZES["ratio"], "steps": SIZES["steps"], "flag": True,
    "word": f"{WORDS['word']}1", "plan": None,
}  # fmt: skip
BAD = GOOD | {
    "amount": -SIZES["amount"], "ratio": str(SIZES["ratio"]), "steps": SIZES["steps"] + 0.5,
    "flag": SIZES["flag"], "word": SIZES["amount"], "plan": f"{WORDS['plan']}1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _counting(config):
    """As a web worker counts; whoever comes may read the metrics."""
    config.METRICS_PUBLIC = True
    request_counts.start()
    yield
    request_counts.counts = request_counts.Counts(are_written=False)


class Breaking:
    """A session that raises in the words of a library."""

    def run(self, names, inputs):
        raise RuntimeError(quoted())


def bodies(row):
    """One row as every path takes it."""
    kinds = {"flag": "BOOL", "word": "BYTES", "plan": "BYTES"}
    tensors = [
        {"name": name, "shape": [1], "datatype": kinds.get(name, "FP64"), "data": [value]}
        for name, value in row.items()
    ]
    return {
        "/predict": row,
        "/api/models/marked/predict": row,
        "/api/models/marked/predict?": [row, row],
        "/api/models/marked/predict?columns": {"columns": {name: [value] for name, value in row.items()}},
        "/v2/models/marked/infer": {"inputs": tensors},
    }


def ask(client, row):
    """path -> status and text of the answer."""
    client.raise_request_exception = False
    replies = {
        path: client.post(path, json.dumps(body), content_type="application/json")
        for path, body in bodies(row).items()
    }
    return {path: (reply.status_code, reply.content.decode()) for path, reply in replies.items()}


def ingest(config):
    """All that the worker has written, into the database."""
    request_counts.counts.write(at_once=True)
    ingester = Ingester(config.SPOOL_DIR)
    ingester.step()
    return ingester


def make_default(redacted):
    model = make_marked(redacted)
    type(model).objects.update(is_default=False)
    type(model).objects.filter(pk=model.pk).update(is_default=True)
    model.refresh_from_db()
    Follower().step()
    return model


@each_redaction
def test_requests_that_are_answered_refused_or_fail_leak_nothing(
    client, redacted, config, caplog, monkeypatch
):
    caplog.set_level(logging.DEBUG)
    model = make_default(redacted)
    assert {status for status, _ in ask(client, GOOD).values()} == {200}
    refused = ask(client, BAD)
    monkeypatch.setitem(serving.current().default.version.__dict__, "session", Breaking())
    failed = ask(client, GOOD)
    assert {status for status, _ in refused.values()} == {400}
    assert {status for status, _ in failed.values()} == {500}
    for _, text in (*refused.values(), *failed.values()):
        assert seen(text) == set()
    ingest(config)
    assert [count.last_error for count in RequestCount.objects.filter(failed__gt=0)] == ["RuntimeError"]
    assert seen(str(list(Prediction.objects.values_list("inputs")))) == NAMES - {"flag", "plan"} - redacted
    assert leaks(client, model, redacted) == {}
    if redacted:
        assert seen(lines(caplog)) == set()


def test_a_line_that_is_refused_is_told_without_what_it_holds(client, config, caplog):
    model = make_default(frozenset())
    ask(client, GOOD)
    [segment] = segments.segments(config.SPOOL_DIR)
    line = segment.read_bytes().split(b"\n")[0].replace(b'"outputs"', b"")
    with segment.open("r+b") as file:
        content = file.read().rstrip(b"\0")
        file.write(line[:-1] + b',"more"]\n' + line.replace(b"[", b"{", 1) + b"\n")
    assert content
    assert ingest(config).rejected.lines == 2
    assert seen(lines(caplog)) == set()
    assert leaks(client, model, frozenset()) == {}


@each_redaction
def test_a_version_that_cannot_answer_its_golden_rows_leaks_nothing(client, redacted, monkeypatch, caplog):
    model = make_default(redacted)
    second = train(model, "DecisionTreeClassifier", name="second", max_depth=2)
    monkeypatch.setattr(loading, "open_session", lambda content: BreakingSession())
    make_live(second)
    Follower().step()
    assert "golden rows" in Worker.objects.get().problems["marked"]
    assert leaks(client, model, redacted) == {}
    assert seen(lines(caplog)) == set()


class BreakingSession(Breaking):
    def get_outputs(self):
        return []


@each_redaction
def test_a_watch_leaks_nothing(client, redacted, config, caplog):
    caplog.set_level(logging.DEBUG)
    model = make_default(redacted)
    watched(model)
    promotion = make_live(train(model, "DecisionTreeClassifier", name="second", max_depth=3))
    Follower().step()
    rows = (
        make_rows(60, 5)
        .drop(columns=["outcome"])
        .assign(plan=None, flag=True, amount=SIZES["amount"], ratio=1.5)
    )
    body = [row | {"steps": int(row["steps"])} for row in rows.to_dict("records")]
    reply = client.post("/api/models/marked/predict", json.dumps(body), content_type="application/json")
    assert reply.status_code == 200, reply.content
    ingest(config)
    look(model, promotion.at)
    look(model, promotion.at + timezone.timedelta(minutes=70))
    assert Watch.objects.get().evidence
    assert Prediction.objects.count() == 60
    assert leaks(client, model, redacted) == {}
    assert seen(lines(caplog)) == set()
