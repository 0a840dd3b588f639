"""`/metrics`: in Prometheus' format, for who may read it, with what is known when the database is away."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from predictions.log.segments import bytes_waiting
from predictions.models import RegisteredModel
from predictions.serving import serving
from predictions.serving.answering import answer
from predictions.serving.follower import Follower
from predictions.tests.factories import make_person, token_of
from scheduling.models import Lease, Watch
from scheduling.models.watch import PATIENCE
from scheduling.tests.run_factory import make_run, make_running
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import watched

pytestmark = pytest.mark.django_db
SECRET = "a secret of the scraper"
KNOWN = {
    ("model_live_version", "1.0", "iris"): 1, ("prediction_log_waiting_bytes",): 0, ("database_up",): 0,
}  # fmt: skip


def ask(client, status=200, path="/metrics", **headers):
    reply = client.get(path, headers=headers)
    assert reply.status_code == status
    return reply


@pytest.fixture
def scrape(client, config):
    """name and labels -> value, as a scraper with METRICS_TOKEN sees it."""
    config.METRICS_TOKEN = SECRET

    def scrape():
        text = ask(client, Authorization=f"Bearer {SECRET}").content.decode()
        return {
            (s.name, *sorted(s.labels.values())): s.value for family in parse(text) for s in family.samples
        }

    return scrape


def test_nobody_reads_it_without_a_token_unless_a_setting_says_so(client, live, config):
    reply = ask(client, 401)
    assert (reply["Content-Type"], reply.json()["code"]) == ("application/json", "not_authenticated")
    ask(client, **token_of(make_person()))
    config.METRICS_PUBLIC = True
    assert ask(client)["Content-Type"].startswith("text/plain; version=")


@pytest.mark.parametrize("given", ["", "wrong", "ü", SECRET + " ", SECRET[:-1]])
def test_a_wrong_token_is_refused(client, config, given):
    config.METRICS_TOKEN = SECRET
    assert ask(client, 401, Authorization=f"Bearer {given}").json()["code"] in (
        "authentication_failed", "not_authenticated"
    )  # fmt: skip


def test_without_the_setting_no_bearer_is_right(client, config):
    config.METRICS_TOKEN = None
    for given in ("None", "", SECRET):
        ask(client, 401, Authorization=f"Bearer {given}")


def test_the_token_opens_nothing_else(client, config, live):
    config.METRICS_TOKEN = SECRET
    reply = client.post("/api/promotions", {}, headers={"Authorization": f"Bearer {SECRET}"})
    assert reply.status_code == 401


@pytest.mark.parametrize("path", ["/metrics", "/metrics/"])
def test_another_method_is_refused_in_json(client, config, path):
    config.METRICS_PUBLIC = True
    assert client.post(path).json()["code"] == "method_not_allowed"


def test_it_tells_what_is_live_and_what_the_workers_serve(scrape, live):
    told = scrape()
    assert told["model_live_version", "1.0", "iris"] == 1
    assert told["serving_workers", "1.0", "iris"] == 1
    assert told["database_up",] == 1


def test_it_tells_how_much_of_the_log_no_ingester_has_brought_in(scrape, live, config):
    assert scrape()["prediction_log_waiting_bytes",] == 0
    answer(serving.current().default.version, [(5.1, 3.5, 1.4, 0.2)], who="")
    assert scrape()["prediction_log_waiting_bytes",] == bytes_waiting(config.SPOOL_DIR) > 100


def test_it_tells_whether_a_scheduler_leads(scrape, live):
    assert scrape()["scheduler_up",] == 0
    assert ("scheduler_last_seen_timestamp_seconds",) not in scrape()
    Lease.objects.take("host:1:abc")
    told = scrape()
    assert told["scheduler_up",] == 1
    assert abs(told["scheduler_last_seen_timestamp_seconds",] - timezone.now().timestamp()) < 60


def test_it_tells_how_the_runs_of_the_last_hour_ended(scrape, live):
    model, now = live.registered_model, timezone.now()
    for decision, ago in (("kept", 1), ("kept", 59), ("blocked", 2), ("awaiting_approval", 61)):
        ended = now - timedelta(minutes=ago)
        make_running(model, status="finished", decision=decision, finished_at=ended)
    make_run(model)
    told = scrape()
    ended = {
        tuple(labels): value for (name, *labels), value in told.items() if name == "runs_ended_last_hour"
    }
    assert ended == {
        ("finished", "iris", "kept", "validate"): 2,
        ("blocked", "finished", "iris", "validate"): 1,
    }
    assert told["runs_queued",] == 1
    assert told["runs_awaiting_approval",] == 1


def test_it_counts_the_flips_that_nobody_looked_at_also_where_no_scheduler_writes_it(scrape, live, strong):
    watched(live.registered_model)
    assert ("flips_unwatched", "iris") not in scrape()
    promotion = make_live(strong)
    assert scrape()["flips_unwatched", "iris"] == 0  # a series that begins with 1 shows no increase
    at = promotion.at - 2 * PATIENCE
    type(promotion).objects.filter(pk=promotion.pk).update(at=at)
    assert scrape()["flips_unwatched", "iris"] == 1
    Watch.objects.update(status="unseen", reason="Nobody looked.", closed_at=at, looked_at=timezone.now())
    assert scrape()["flips_unwatched", "iris"] == 1


def test_models_that_are_not_public_are_named_to_callers_with_a_token_only(client, scrape, live, config):
    make_running(live.registered_model, status="finished", finished_at=timezone.now())
    RegisteredModel.objects.update(public=False)
    Follower().step()
    config.METRICS_PUBLIC = True
    text = ask(client).content.decode()
    assert "iris" not in text
    assert "database_up 1.0" in text
    assert ("serving_workers", "1.0", "iris") in scrape()


def test_it_asks_the_database_a_fixed_number_of_times(scrape, live, django_assert_num_queries):
    for _ in range(5):
        make_running(live.registered_model, status="finished", finished_at=timezone.now())
    with django_assert_num_queries(8):
        scrape()


def test_without_a_database_it_tells_what_is_known(scrape, live, django_assert_num_queries):
    serving.swap(replace(serving.current(), database_away=True))
    with django_assert_num_queries(0):
        told = scrape()
    assert told == KNOWN


def test_a_database_that_goes_away_just_now_is_no_error(scrape, live):
    def away(*args):
        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        told = scrape()
    assert told == KNOWN


def test_a_scraper_may_ask_for_openmetrics(client, config, live):
    config.METRICS_PUBLIC = True
    reply = ask(client, Accept="application/openmetrics-text; version=1.0.0")
    assert reply["Content-Type"].startswith("application/openmetrics-text")
    assert "scheduler_up" in {family.name for family in parse_openmetrics(reply.content.decode())}
