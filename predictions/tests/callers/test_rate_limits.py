"""Rate limits: off by default and for loopback, counted for all workers together, refused with 429."""

import json

import pytest
from django.db import OperationalError

from predictions.api.defaults import OwnDefaults
from predictions.callers import rate_limits
from predictions.callers.rate_limits import PerCaller, network_of
from predictions.models import RateWindow
from predictions.models.rate_window import count
from predictions.tests.factories import make_model, make_person, token_of

pytestmark = pytest.mark.django_db
FAR = {"REMOTE_ADDR": "203.0.113.7"}
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


@pytest.fixture
def limits(config, monkeypatch):
    """Two requests a day without a token, three with one."""
    config.RATE_LIMIT_ANONYMOUS, config.RATE_LIMIT_TOKEN = "2/day", "3/day"
    monkeypatch.setattr(OwnDefaults, "throttle_classes", [PerCaller])


def predict(client, path="/predict", **extra):
    body = {"inputs": []} if path.startswith("/v2") else ROW
    return client.post(path, json.dumps(body), content_type="application/json", **FAR | extra)


def statuses(client, times, **extra):
    return [predict(client, **extra).status_code for _ in range(times)]


@pytest.mark.parametrize("path", ["/predict", "/api/models/iris/predict"])
def test_one_too_many_is_429_with_the_seconds_to_wait(client, live, limits, path):
    assert statuses(client, 2, path=path) == [200, 200]
    reply = predict(client, path)
    assert (reply.status_code, reply.json()["code"], reply.json()["errors"]) == (429, "throttled", [])
    assert 0 < int(reply["Retry-After"]) <= 86_400


def test_the_open_inference_protocol_has_its_own_body(client, live, limits):
    statuses(client, 2)
    reply = predict(client, "/v2/models/iris/infer")
    assert (reply.status_code, list(reply.json())) == (429, ["error"])


def test_a_token_and_an_address_are_counted_apart(client, live, limits):
    assert statuses(client, 3) == [200, 200, 429]
    assert statuses(client, 1, REMOTE_ADDR="203.0.113.8") == [200]
    ann, ben = token_of(make_person("ann")), token_of(make_person("ben"))
    assert statuses(client, 4, headers=ann) == [200, 200, 200, 429]
    assert statuses(client, 1, headers=ben) == [200]
    assert statuses(client, 1, headers=ann, REMOTE_ADDR="203.0.113.9") == [429]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.0.1", "::1"])
def test_loopback_has_no_limit(client, live, limits, address):
    assert statuses(client, 5, REMOTE_ADDR=address) == [200] * 5


def test_probes_and_scrapes_have_no_limit(client, live, limits, config):
    config.METRICS_PUBLIC = True
    for path in ("/health/live", "/health/ready", "/v2/health/live", "/metrics", "/"):
        assert [client.get(path, **FAR).status_code for _ in range(4)] == [200] * 4


def test_without_a_setting_nobody_is_counted(client, live):
    assert PerCaller not in OwnDefaults.throttle_classes
    assert statuses(client, 4) == [200] * 4
    assert not RateWindow.objects.exists()


def test_an_empty_setting_is_no_limit_where_the_other_is_set(client, live, limits, config):
    config.RATE_LIMIT_ANONYMOUS = ""
    assert statuses(client, 4) == [200] * 4


def test_without_a_database_everybody_is_served(client, live, limits, monkeypatch):
    def away(caller, *, started):
        raise OperationalError("away")

    monkeypatch.setattr(rate_limits, "count", away)
    assert statuses(client, 4) == [200] * 4


def test_a_new_window_begins_at_one_and_a_request_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(3):
        assert [count("ann", started=60), count("ann", started=60), count("ben", started=60)] == [1, 2, 1]
    assert count("ann", started=120) == 1
    assert RateWindow.objects.count() == 2


def test_a_network_of_ipv6_is_one_caller():
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2") != network_of("2001:db8:0:1::1")
    assert network_of("198.51.100.1") != network_of("198.51.100.2")
    assert network_of("unknown") == "address unknown"


def test_lists_are_limited_too(client, limits):
    make_model()
    assert [client.get("/api/models", **FAR).status_code for _ in range(3)] == [200, 200, 429]
