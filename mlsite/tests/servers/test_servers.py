"""In each server a worker's first request starts its follower, and it follows a flip; in no command."""

import socket
from importlib.util import find_spec

import pytest

from mlsite.tests.processes import clean_environment, url_of_test_database
from mlsite.tests.servers.server import Server, metric, until
from predictions.models import Worker
from predictions.tests.factories import make_live

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
PROJECT = "mlsite.tests.servers.project"
GUNICORN = ["-m", "gunicorn", "--workers", "2", "--bind", "127.0.0.1:PORT", f"{PROJECT}.wsgi"]
PATCHED = ["--config", "mlsite/tests/servers/gevent_conf.py"]
UWSGI = ["-c", "import pyuwsgi; pyuwsgi.run()", "--http-socket", "127.0.0.1:PORT", "--master",
         "--die-on-term", "--processes", "2", "--need-app", "--module", f"{PROJECT}.wsgi"]  # fmt: skip
GRANIAN = ["-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "2",
           "--port", "PORT", f"{PROJECT}.wsgi:application"]  # fmt: skip
UVICORN = ["-m", "uvicorn", "--port", "PORT", f"{PROJECT}.asgi:application"]
RUNSERVER = ["-m", "django", "runserver", "PORT"]
SERVERS = {
    "granian": (GRANIAN, 2),
    "gunicorn": (GUNICORN, 2),
    "gunicorn, preloaded": ([*GUNICORN, "--preload"], 2),
    "gunicorn, threads": ([*GUNICORN, "--threads", "4"], 2),
    "gunicorn, gevent": ([*GUNICORN, "--worker-class", "gevent"], 2),
    "gunicorn, gevent, preloaded": ([*GUNICORN, "--worker-class", "gevent", "--preload", *PATCHED], 2),
    "pyuwsgi, forked": ([*UWSGI, "--enable-threads"], 2),
    "pyuwsgi, lazy": ([*UWSGI, "--enable-threads", "--lazy-apps"], 2),
    "uvicorn": (UVICORN, 1),
    "uvicorn, workers": ([*UVICORN, "--workers", "2"], 2),
    "runserver": (RUNSERVER, 1),
    "runserver, one process": ([*RUNSERVER, "--noreload"], 1),
}


@pytest.fixture
def serve(weak, strong, config, tmp_path):
    """Start a server of the project, in which `weak` is live; it has ended after the test."""
    make_live(weak)
    servers = []

    def started(name):
        package, (command, workers) = name.partition(",")[0], SERVERS[name]
        if package != "runserver" and find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        own = {"DATABASE_URL": url_of_test_database(), "MEDIA_ROOT": str(config.MEDIA_ROOT)}
        own |= {"DJANGO_SETTINGS_MODULE": f"{PROJECT}.settings"}
        environment = clean_environment(tmp_path / "server", **own)
        log = open(tmp_path / "log", "w+b")  # noqa: SIM115
        argv = [part.replace("PORT", str(port)) for part in command]
        servers.append(Server(argv, port, environment, log))
        return servers[-1], workers

    yield started
    for server in servers:
        server.end()


@pytest.mark.parametrize("name", SERVERS)
def test_each_worker_answers_from_its_first_request_on_and_follows_a_flip(serve, strong, name):
    server, workers = serve(name)
    server.ask_all(workers)
    assert set(server.statuses) == {200}, server.said()
    pids = set(Worker.objects.values_list("pid", flat=True))
    assert len(pids) == workers
    make_live(strong)
    until(lambda: Worker.objects.lagging("iris", "1.1").count() == 0, server.said())
    server.versions.clear()
    server.ask_all(workers)
    assert set(server.versions) == {"1.1"}
    assert set(Worker.objects.values_list("pid", flat=True)) == pids
    text = server.request("/metrics").data.decode()
    asked = server.statuses[200]
    assert metric(text, "http_requests_total", path="/predict", status="200") == asked
    assert sum(metric(text, "prediction_seconds_count", version=label) for label in ("1.0", "1.1")) == asked
    body = server.request("/predict", "POST", body=iter([b'{"sepallength"', b": 5.1}"]), chunked=True)
    assert body.status == (400 if "uvicorn" in name else 411)
