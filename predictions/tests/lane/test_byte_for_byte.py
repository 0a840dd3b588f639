"""Whatever is sent, the lane answers as Django does: status, headers, body, log lines and counters.

Hundreds of generated requests, always the same; with LANE_EXAMPLES=10000 it takes its time.
"""

import gzip
import os

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from predictions.registry.loading import LoadedVersion
from predictions.tests.factories import make_person, token_of
from predictions.tests.lane.generated import PATHS, bodies, good_body, some_odd
from predictions.tests.lane.two_ways import TwoWays

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("LANE_EXAMPLES", "700"))
HOSTS = ("localhost:8000", "localhost", "127.0.0.1:1", "[::1]")


def warm(ways):
    """Let the lane see one good request of each kind."""
    for path in PATHS:
        for host in HOSTS:
            for scheme in ("http", "https"):
                kind = {"PATH_INFO": path, "HTTP_HOST": host, "wsgi.url_scheme": scheme}
                ways.one(ways.lane, good_body(path), kind)


@pytest.fixture
def ways(live, config, monkeypatch):
    config.MAX_BODY_BYTES = config.MAX_BATCH_BYTES = 4000
    config.MAX_ROWS = 3
    with TwoWays.made(monkeypatch) as made:
        warm(made)
        yield made


def assert_alike(ways):
    taken = set()

    @effort(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(
        path=st.sampled_from(PATHS),
        body=bodies,
        environ=some_odd,
        zipped=st.sampled_from([False] * 9 + [True]),
    )
    def holds(path, body, environ, zipped):
        body = gzip.compress(body) if zipped else body
        before = ways.taken
        django, lane = ways.both(body, **{"PATH_INFO": path} | environ)
        assert lane == django
        if ways.taken > before:
            taken.add(django["status"])

    holds()
    return taken


def test_generated_requests_are_answered_alike(ways):
    assert assert_alike(ways) == {"200 OK", "400 Bad Request"}
    assert ways.taken > EXAMPLES / 10


def test_behind_a_proxy_and_over_https_too(live, settings, monkeypatch):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT, settings.SECURE_REDIRECT_EXEMPT = True, [r"^(?!admin(/|$))"]
    settings.SECURE_HSTS_SECONDS = 60
    settings.USE_X_FORWARDED_HOST = True
    with TwoWays.made(monkeypatch) as ways:
        for proto in ("http", "https") * 2:
            django, lane = ways.both(good_body("/predict"), HTTP_X_FORWARDED_PROTO=proto)
            assert lane == django
            assert ("Strict-Transport-Security" in dict(django["headers"])) == (proto == "https")
        assert ways.taken == 2
        assert_alike(ways)


@pytest.mark.parametrize("path", PATHS)
def test_the_second_good_request_of_a_path_does_not_reach_django(ways, path):
    before = ways.taken
    django, lane = ways.both(good_body(path), PATH_INFO=path)
    assert (lane, django["status"], ways.taken - before) == (django, "200 OK", 1)
    assert [kind for kind, *_ in django["told"]] == ["line", "request", "latency"]
    assert django["counted"][0][1] == 1


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("error", [ZeroDivisionError("x"), MemoryError(), ValueError("x")])
def test_a_version_that_fails_is_counted_once(ways, path, error, monkeypatch):
    def fail(*_):
        raise error

    monkeypatch.setattr(LoadedVersion, "predict", fail)
    django, lane = ways.both(good_body(path), PATH_INFO=path)
    assert lane == django
    assert django["status"] == "500 Internal Server Error"
    assert django["counted"][0][4] == 1


def test_a_body_that_breaks_off_is_answered_alike(ways):
    django, lane = ways.both(good_body("/predict")[:20], CONTENT_LENGTH="90")
    assert lane == django
    assert django["status"] == "400 Bad Request"


def test_a_token_is_left_to_django(ways):
    headers = {"HTTP_AUTHORIZATION": token_of(make_person())["Authorization"]}
    before = ways.taken
    django, lane = ways.both(good_body("/predict"), **headers)
    assert (django["status"], ways.taken) == ("200 OK", before)
    assert lane["status"] == django["status"]
