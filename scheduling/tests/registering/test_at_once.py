"""Two requests at once, and a run that is killed in the middle: nothing twice, nothing by half."""

import os
import signal
import threading
import time
from contextlib import nullcontext

import pytest
from django.db import connection
from django.test import Client

from predictions.models import Dataset, ModelVersion, RegisteredModel, Signature
from scheduling.engine import one_run
from scheduling.engine.run_processes import Children
from scheduling.models import Lease, Run
from scheduling.registering import waiting
from scheduling.tests.registering.sent import (
    as_csv,
    files_under,
    make_form,
    make_person,
    make_rows,
    post,
    with_model,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_requests_for_one_name_at_once_one_makes_the_model(config, monkeypatch):
    headers = [make_person(name, "register", "upload") for name in ("ann", "bob")]
    forms = [make_form(), make_form(training=as_csv(make_rows(seed=4)))]
    both, statuses = threading.Barrier(2), []
    # Each in a worker of its own, which has a slot of its own.
    monkeypatch.setattr(waiting.Slot, "occupied", lambda self: nullcontext())

    def ask(who, form):
        try:
            both.wait(10)
            statuses.append(post(Client(), "/api/models", form, headers=who).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=pair) for pair in zip(headers, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [202, 409]
    assert (RegisteredModel.objects.count(), Run.objects.count()) == (1, 1)
    assert len(list((config.MEDIA_ROOT / "quarantine").iterdir())) == 1


@pytest.fixture
def queued(client, server_uses_this_database, monkeypatch):
    monkeypatch.setenv("HTTPS", "false")
    headers = make_person("ann", "register")
    assert post(client, "/api/models", with_model(), headers=headers).status_code == 202
    return Run.objects.get()


def test_a_command_does_the_run_itself_and_gives_the_lease_back(queued, client, config):
    """In a real child. The health check cannot reach a server here, so that the version is not promoted."""
    steps = set()
    one_run.finish(queued, tell=steps.add)
    assert (queued.status, queued.decision) == ("finished", "blocked"), queued.reason
    assert ModelVersion.objects.get() == queued.candidate
    assert len(steps) > 2
    assert not Lease.objects.held().exists()
    assert files_under(config.MEDIA_ROOT / "quarantine") == []


@pytest.mark.parametrize("step", ["reading", "examining"])
def test_a_child_that_is_killed_leaves_nothing_half_registered(queued, config, step):
    queued.epoch = Lease.objects.take("host:1:a")
    Run.objects.claim(queued, epoch=queued.epoch)
    queued.refresh_from_db()
    children = Children()
    children.start(queued)
    deadline = time.monotonic() + 30
    while step not in queued.step and time.monotonic() < deadline:
        time.sleep(0.01)
        queued.refresh_from_db()
    os.kill(children._children[0].process.pid, signal.SIGKILL)
    children._children[0].process.wait()
    children.watch()
    queued.refresh_from_db()
    assert (queued.status, "SIGKILL" in queued.reason) == ("failed", True)
    assert not any(table.objects.exists() for table in (Signature, Dataset, ModelVersion))
    assert files_under(config.MEDIA_ROOT) == []
