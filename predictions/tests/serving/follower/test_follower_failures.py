"""A version that does not load leaves the old one serving, and everybody is told."""

import json
import logging

import pytest

from predictions.models import ModelVersion, Worker
from predictions.serving import follower as follower_module
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.factories import ledger, make_live

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


def answer_of(client):
    return client.post("/predict", json.dumps(ROW), content_type="application/json")


def served_file(version, config):
    return config.MEDIA_ROOT / version.served_form


def truncate(version, config):
    path = served_file(version, config)
    path.write_bytes(path.read_bytes()[:-100])


def remove(version, config):
    served_file(version, config).unlink()


def change_hash(version, config):
    ModelVersion.objects.filter(pk=version.pk).update(served_form_sha256="0" * 64)


def change_golden_rows(version, config):
    golden = version.golden_rows | {"outputs": version.golden_rows["outputs"][::-1]}
    ModelVersion.objects.filter(pk=version.pk).update(golden_rows=golden)


DAMAGES = [
    (truncate, "sha256"),
    (remove, "missing"),
    (change_hash, "sha256"),
    (change_golden_rows, "golden rows"),
]


@pytest.mark.parametrize(("damage", "why"), DAMAGES)
def test_the_old_version_goes_on_and_the_problem_is_told(client, live, strong, config, caplog, damage, why):
    damage(strong, config)
    make_live(strong)
    Follower().step()
    reply = answer_of(client)
    assert (reply.status_code, reply["X-Model-Version"]) == (200, "1.0")
    problem = serving.current().problems["iris"]
    assert why in problem
    assert "1.1" in problem
    assert "1.0" in problem
    worker = Worker.objects.get()
    assert (worker.problem, worker.serves) == (problem, {"iris": "1.0"})
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert errors == [f"model=iris version=1.1: {problem}"]
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["problems"]) == (503, {"iris": problem})
    assert [row[2] for row in ledger()] == ["rf-12-base", "rf-24-run1"]  # what should be live, is said


def test_a_first_version_that_does_not_load_is_answered_with_503(client, weak, config):
    remove(weak, config)
    make_live(weak)
    Follower().step()
    assert "1.0" in Worker.objects.get().problem
    assert answer_of(client).status_code == 503
    assert answer_of(client).json()["species"] is None
    assert client.get("/current_model").json() == {"currentModel": None}
    assert client.get("/health/ready").status_code == 503


def test_it_tries_again_after_a_while_and_not_at_every_step(
    client, live, strong, config, caplog, monkeypatch
):
    path = served_file(strong, config)
    content = path.read_bytes()
    path.unlink()
    make_live(strong)
    follower = Follower()
    for _ in range(5):
        follower.step()
    assert len([r for r in caplog.records if r.levelno == logging.ERROR]) == 1
    path.write_bytes(content)
    follower.step()
    assert "missing" in serving.current().problems["iris"]
    monkeypatch.setattr(follower_module, "RETRY_SECONDS", 0.0)  # the time has come
    follower.step()
    assert answer_of(client)["X-Model-Version"] == "1.1"
    assert (serving.current().problems, Worker.objects.get().problem) == ({}, "")
    assert Worker.objects.get().serves == {"iris": "1.1"}
    assert client.get("/health/ready").status_code == 200


def test_going_back_to_what_is_loaded_ends_the_problem(client, live, strong, config):
    remove(strong, config)
    make_live(strong)
    follower = Follower()
    follower.step()
    make_live(live)
    follower.step()
    assert (serving.current().problems, Worker.objects.get().problem) == ({}, "")
    assert client.get("/health/ready").status_code == 200
