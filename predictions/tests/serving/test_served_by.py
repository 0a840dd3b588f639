"""How many workers serve what is live, since when, and why one does not: in the admin and in the API."""

import os
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from html import unescape
from threading import Event, Thread

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from predictions.models import Worker
from predictions.serving.follower import Follower
from predictions.serving.worker_report import ServedBy
from predictions.tests.factories import make_live, make_model

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def worker(serves, *, began=NOON, pid=1, **columns):
    return Worker(
        host="other", pid=pid, serves=serves, began=dict.fromkeys(serves, began.isoformat()),
        since=began, seen_at=timezone.now(), **columns,
    )  # fmt: skip


def test_since_is_when_the_last_of_them_began():
    workers = [worker({"iris": "1.3"}), worker({"iris": "1.3"}, began=NOON + timedelta(seconds=2))]
    served = ServedBy.among(workers, "iris", "1.3")
    assert (served.workers, served.of, served.since) == (2, 2, NOON + timedelta(seconds=2))
    assert re.search(r"\b2\b.*\b2\b.*1\.3.*2026-05-04 12:00:02", served.sentence)


def test_who_is_behind_says_why():
    late = worker({"iris": "1.2"}, problems={"iris": "1.3 does not load", "wine": "another matter"})
    served = ServedBy.among([worker({"iris": "1.3"}), late, late], "iris", "1.3")
    assert (served.workers, served.of, served.since) == (1, 3, NOON)
    assert served.problems == ["1.3 does not load"]
    assert served.sentence.endswith("; 1.3 does not load")


def test_without_workers_there_is_no_since():
    served = ServedBy.among([], "iris", "1.3")
    assert (served.workers, served.of, served.since, served.problems) == (0, 0, None, [])
    assert served.sentence.endswith("1.3")


def test_a_model_keeps_its_since_when_another_one_flips(live, strong):
    follower = Follower()
    follower.step()
    began = Worker.objects.get().began
    other = make_model("wine")
    follower.step()
    make_live(strong)
    follower.step()
    after = Worker.objects.get()
    assert began.keys() == after.began.keys() == {"iris"}
    assert after.began["iris"] > began["iris"]
    assert other.name not in after.serves


def test_the_api_tells_it_with_one_query_for_all_models(client, live, django_assert_num_queries):
    with django_assert_num_queries(2):
        [model] = client.get("/api/models").json()["results"]
    assert model["served_by"].pop("since") is not None
    assert model["served_by"] == {"workers": 1, "of": 1, "problems": []}
    assert client.get("/api/models/iris").json()["served_by"]["of"] == 1


def test_the_api_says_null_where_nothing_is_live(client, weak):
    assert client.get("/api/models/iris").json()["served_by"] is None


def test_the_admin_and_the_api_say_why_a_worker_keeps_the_old_one(client, live, strong, config):
    (config.MEDIA_ROOT / strong.served_form).unlink()
    make_live(strong)
    Follower().step()
    told = client.get("/api/models/iris").json()["served_by"]
    assert (told["workers"], told["of"], told["since"]) == (0, 1, None)
    assert re.search(r"1\.1.*1\.0", told["problems"][0])
    client.force_login(User.objects.create_superuser("root"))
    for path in ("/admin/predictions/registeredmodel/", "/admin/predictions/worker/"):
        assert told["problems"][0] in unescape(client.get(path).content.decode())


def test_a_worker_that_was_killed_is_forgotten_at_the_next_report(live):

    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = worker({"iris": "1.0"}, pid=ended.pid, process_start="1")
    dead.host = socket.gethostname()
    dead.save()
    Follower().step()
    assert not Worker.objects.filter(pid=ended.pid).exists()


def test_a_row_whose_number_another_process_or_a_thread_has_now_is_removed_too(iris, live):
    """In a container that starts again the same few numbers are handed out."""
    here, started = socket.gethostname(), Event()
    thread = Thread(target=started.wait)
    thread.start()
    for pid in (os.getppid(), thread.native_id):
        Worker.objects.create(host=here, pid=pid, process_start="1", since=NOON, seen_at=timezone.now())
    Follower().step()
    started.set()
    thread.join()
    assert list(Worker.objects.filter(host=here).values_list("pid", flat=True)) == [os.getpid()]
    Follower().step()
    assert Worker.objects.filter(host=here).exists()
