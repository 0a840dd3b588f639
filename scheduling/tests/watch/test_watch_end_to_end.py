"""A bad version is rolled back by itself: real server, scheduler, ingester; only the clock is helped.

The five minutes of a block are too long for a test: what was really seen is moved into the past.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from conftest import register
from mlsite.tests.processes import ROOT, clean_environment, url_of_test_database
from predictions.models import Dataset, Feedback, Promotion, RequestCount
from predictions.models.promotion import live_promotion, live_version
from predictions.registry.promotion import Approval, ModelHeld, promote
from predictions.tests.factories import make_person, token_of
from scheduling.models import Run, Watch
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import BLOCK, TWO, count_block, log_block, watched
from scheduling.watch.opening import open_watch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
WIDE = ROW | {"petalwidth": 9.0}


@pytest.fixture
def program(iris, strong, config, tmp_path, unused_tcp_port):
    """A web server of one worker and a scheduler, which has nothing to watch yet."""
    watched(iris, minutes=0)
    make_live(strong)
    iris.schedules.update(enabled=False)
    environment = clean_environment(
        tmp_path, DATABASE_URL=url_of_test_database(), MEDIA_ROOT=str(config.MEDIA_ROOT),
        SPOOL_DIR=str(config.SPOOL_DIR), HTTPS="false",
    )  # fmt: skip
    server = [
        "granian", "--interface", "wsgi", "--port", str(unused_tcp_port), "--workers", "1",
        "--blocking-threads", "2", "--log-level", "error", "mlsite.wsgi:application",
    ]  # fmt: skip
    with started(environment, "-m", *server), started(environment, "manage.py", "runapscheduler"):
        program = Program(unused_tcp_port)
        program.wait_for(lambda: program.ask("/predict", ROW)[1] == strong.label)
        yield program


@pytest.fixture
def unused_tcp_port():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def started(environment, *arguments):
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


class Program:
    """What a client sees of it."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, path, body=None, **headers):
        """The status, the version that answered, and the body."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | headers
        try:
            reply = urllib.request.urlopen(
                urllib.request.Request(self.url + path, content, headers), timeout=20
            )
        except urllib.error.HTTPError as error:
            reply = error
        except OSError:
            return None, None, None  # it is not there yet
        with reply:
            return reply.status, reply.headers.get("X-Model-Version"), json.load(reply)

    def wait_for(self, condition):
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, list(Run.objects.values_list("task", "status", "reason"))
            time.sleep(0.2)


def trapped(compiled):
    """The same served form with an operator that ONNX Runtime cannot do for a petal wider than 5."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load_from_string(compiled.served_form)
    graph, answer = model.graph, model.graph.output[1].name
    graph.initializer.extend(
        [
            numpy_helper.from_array(np.zeros(6), "few"),
            numpy_helper.from_array(np.array([3]), "at"),
        ]
    )
    graph.node.extend(
        [
            helper.make_node("Gather", [graph.input[0].name, "at"], ["width"], axis=1),
            helper.make_node("Cast", ["width"], ["place"], to=TensorProto.INT64),
            helper.make_node("Gather", ["few", "place"], ["zero"]),
            helper.make_node("Add", [answer, "zero"], ["same"]),
        ]
    )
    graph.output[1].name = "same"
    return replace(compiled, served_form=model.SerializeToString())


def half_an_hour_ago(program, version):
    """The version became live then, and answers; before it nothing had failed in two hours."""
    promotion = make_live(version)
    program.wait_for(lambda: program.ask("/predict", ROW)[1] == version.label)
    Promotion.objects.filter(pk=promotion.pk).update(at=timezone.now() - timedelta(minutes=30))
    promotion.refresh_from_db()
    for i in range(1, 25):
        for who in TWO:
            count_block(promotion.replaced_version, promotion.at - i * BLOCK, who=who)
    return promotion


def rolled_back(program, iris, strong):
    """Begin the watch. Wait until it is, for who asks and in the ledger; return the reason."""
    watched(iris)
    open_watch(live_promotion(iris))
    program.wait_for(lambda: program.ask("/predict", ROW)[1] == strong.label)
    status, _, body = program.ask("/api/promotions")
    newest = body["results"][0]
    assert (status, newest["kind"], newest["version"]) == (200, "roll_back", strong.label)
    assert newest["by"].startswith("watch in run ")
    program.wait_for(lambda: Watch.objects.get().status == Watch.Status.ROLLED_BACK)
    assert program.ask("/api/models/iris")[2]["hold"]["reason"] == f"rolled back: {newest['reason']}"
    return newest["reason"]


def test_one_that_fails_where_the_one_before_answered(program, iris, strong, forests):
    artefact, compiled = forests["strong"]
    bad = register(iris, (artefact + b"\0", trapped(compiled)), name="rf-trapped", source="trained")
    promotion = half_an_hour_ago(program, bad)
    for who in TWO:
        token = token_of(make_person(who))
        assert [program.ask("/predict", WIDE, **token)[0] for _ in range(25)] == [500] * 25
    program.wait_for(lambda: RequestCount.objects.filter(model_version=bad, failed=25).count() == len(TWO))
    for seen in RequestCount.objects.filter(model_version=bad, failed=25):
        assert seen.last_error == "InvalidArgument"
        assert (seen.only_failed, seen.both_failed) == (25, 0)
        for i in range(5):
            count_block(bad, promotion.at + i * BLOCK, answered=0, failed=25, only_failed=25, who=seen.who)
    reason = rolled_back(program, iris, strong)
    assert all(part in reason for part in (" 250 of ", "errors: ", "needed 160"))
    assert program.ask("/predict", WIDE)[:2] == (200, strong.label)
    a_person_has_the_last_word(iris, bad)


def a_person_has_the_last_word(iris, bad):
    """Held for the gate, until the hold is lifted."""
    iris.refresh_from_db()
    gate = Approval.by_gate(by="run 7", reason="better")
    with pytest.raises(ModelHeld):
        promote(version=bad, replacing=live_promotion(iris), approval=gate)
    assert iris.lift_hold(by="ann", reason="seen to")
    promote(version=bad, replacing=live_promotion(iris), approval=gate)
    assert live_version(iris) == bad


def test_one_that_is_wrong_as_the_labels_say(program, iris, strong, weak):
    from predictions.registry.datasets import read_frame

    spec = strong.signature.spec()
    frame = read_frame(Dataset.objects.current(iris, Dataset.Role.EVALUATION), spec)
    rows, truth = spec.rows_of(frame), frame[spec.output_name].tolist()
    token = token_of(make_person("ann", "add_feedback"))
    promotion = half_an_hour_ago(program, weak)
    for i in range(5):
        logged = log_block(weak, promotion.at + i * BLOCK + BLOCK / 5, rows)
        told = [{"prediction_id": str(p.pk), "label": t} for p, t in zip(logged, truth, strict=True)]
        assert program.ask("/api/feedback", told, **token)[2]["stored"] == len(rows)
        Feedback.objects.filter(prediction__in=logged).update(at=promotion.at + i * BLOCK + BLOCK / 2)
    log_block(weak, promotion.at + 5.5 * BLOCK, rows[:1])
    reason = rolled_back(program, iris, strong)
    assert all(part in reason for part in (" 225 ", " +0.", "labels: ", "needed 80"))
