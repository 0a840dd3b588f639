"""Requests through the real views, log and ingester, as if at any moment."""

import json
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch
from uuid import UUID, uuid4

import numpy as np
from django.utils import timezone

from predictions.log import request_counts
from predictions.log.ingester import Ingester
from predictions.models import Promotion
from predictions.models.prediction import first_id_at
from predictions.models.worker import block_of
from predictions.serving import answering
from predictions.serving.follower import Follower
from predictions.tests.factories import make_person, token_of
from scheduling.tests.version_factory import make_live

NAMES = ("sepallength", "sepalwidth", "petallength", "petalwidth")


@contextmanager
def moment(at):
    """Counts and ids are of that time."""

    def new_id():
        return str(UUID(int=first_id_at(at).int | 7 << 76 | 2 << 62 | uuid4().int & (2**60 - 1)))

    with patch.object(answering, "new_id", new_id), patch.object(request_counts.time, "time", at.timestamp):
        yield


class Traffic:
    """Callers of one web worker: this process."""

    def __init__(self, client, config):
        self.client, self.folder, self.tokens = client, config.SPOOL_DIR, {"": {}}

    def ask(self, rows, *, at, who="", each=False):
        """Ask for all rows in one request, or for each of them in a request of its own."""
        if who not in self.tokens:
            self.tokens[who] = token_of(make_person(who))
        rows = [dict(zip(NAMES, row, strict=True)) for row in rows]
        with moment(at):
            for body in rows if each else [rows]:
                reply = self.client.post(
                    "/api/models/iris/predict", json.dumps(body), content_type="application/json",
                    headers=self.tokens[who],
                )  # fmt: skip
                assert reply.status_code == 200

    def bring_in(self):
        """What the workers have written is in the database."""
        request_counts.counts.write(at_once=True)
        Ingester(self.folder).step()


def go_live(version, *, at):
    """Make it live as if then, at the start of five minutes of UTC; the worker serves it."""
    promotion = make_live(version)
    Promotion.objects.filter(pk=promotion.pk).update(at=at)
    Follower().step()
    promotion.refresh_from_db()
    return promotion


def hours_ago(hours):
    """The start of five minutes of UTC."""
    return block_of((timezone.now() - timedelta(hours=hours)).timestamp())


def slowed(compiled):
    """The same served form, which computes for nothing with each request."""
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load_from_string(compiled.served_form)
    graph, answer, size = model.graph, model.graph.output[1].name, 400
    weights = np.full((size, size), 1 / size)
    constants = {"nothing": np.zeros((4, size)), "weights": weights, "last": np.array([1])}
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    graph.node.append(helper.make_node("MatMul", [graph.input[0].name, "nothing"], ["work0"]))
    for i in range(100):
        graph.node.append(helper.make_node("MatMul", [f"work{i}", "weights"], [f"work{i + 1}"]))
    graph.node.append(helper.make_node("ReduceSum", ["work100", "last"], ["zero"], keepdims=1))
    graph.node.append(helper.make_node("Add", [answer, "zero"], ["same"]))
    graph.output[1].name = "same"
    return model.SerializeToString()
