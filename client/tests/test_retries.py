"""What is sent again by itself, and what never is."""

import socket

import pandas as pd
import pytest

from model_delivery import DeliveryError, TryLater
from model_delivery.shown.telling_console import Teller

BUSY = {"code": "throttled", "detail": "Wait.", "errors": []}


def cut(request, seen=None):
    if seen is not None:
        seen.append(request.path)
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


def test_reading_is_sent_again_after_a_cut_and_a_busy_answer(httpserver, delivery, asked):
    httpserver.expect_oneshot_request("/api/models/churn").respond_with_handler(cut)
    httpserver.expect_oneshot_request("/api/models/churn").respond_with_data("", status=502)
    httpserver.expect_oneshot_request("/api/models/churn").respond_with_json({"live_version": None})
    assert delivery.model("churn").name == "churn"
    assert len(asked()) == 3


def test_a_promotion_is_never_sent_twice_after_a_cut(httpserver, churn, until_noted):
    seen = []
    httpserver.expect_request("/api/models/churn").respond_with_json({"live_version": "1.0"})
    httpserver.expect_request("/api/promotions").respond_with_handler(lambda request: cut(request, seen))
    with pytest.raises(DeliveryError):
        churn.promote("1.1", reason="r")
    until_noted("/api/promotions")
    assert seen == ["/api/promotions"]


def test_a_promotion_that_was_turned_away_is_sent_again(httpserver, churn, no_pauses):
    httpserver.expect_request("/api/models/churn").respond_with_json({"live_version": "1.0"})
    busy = {"Retry-After": "3"}
    httpserver.expect_oneshot_request("/api/promotions").respond_with_json(BUSY, status=429, headers=busy)
    row = {"model": "churn", "version": "1.1", "replaced_version": "1.0", "kind": "promote", "by": "ada",
           "reason": "r", "at": "2026-01-02T03:04:05Z"}  # fmt: skip
    httpserver.expect_oneshot_request("/api/promotions").respond_with_json(row, status=201)
    assert churn.promote("1.1", reason="r").replaced == "1.0"
    assert no_pauses == [3]


def test_a_long_pause_is_not_slept_through_three_times(httpserver, churn, no_pauses):
    later = {"Retry-After": "3600"}
    httpserver.expect_request("/api/models/churn").respond_with_json(BUSY, status=429, headers=later)
    with pytest.raises(TryLater) as told:
        _ = churn.live
    assert told.value.retry_after == 3600
    assert sum(no_pauses) <= 30


def test_an_upload_is_whole_each_time_and_has_one_key(httpserver, delivery):
    httpserver.expect_oneshot_request("/api/models").respond_with_data("", status=504)
    httpserver.expect_oneshot_request("/api/models").respond_with_json({"run": 1}, status=201)
    fields = [("name", "churn"), ("training", ("training.parquet", b"x" * 100_000))]
    answered = delivery._session.upload("/api/models", fields, teller=Teller(quiet=True), what="")
    first, second = (request for request, _ in httpserver.log)
    assert answered.status == 201
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.headers["Content-Length"] == str(len(first.data)) == str(len(second.data))
    assert first.headers["Prefer"].startswith("wait=")
    assert "Transfer-Encoding" not in first.headers


def test_two_uploads_have_two_keys(httpserver, delivery):
    httpserver.expect_request("/api/models").respond_with_json({"run": 1}, status=201)
    for _ in range(2):
        delivery._session.upload("/api/models", [("name", "a")], teller=Teller(quiet=True), what="")
    assert len({request.headers["Idempotency-Key"] for request, _ in httpserver.log}) == 2


def test_nothing_live_is_told_at_once(httpserver, churn, asked):
    nothing = {"code": "no_live_version", "detail": "Nothing is live.", "errors": []}
    httpserver.expect_request("/api/models/churn/predict").respond_with_json(nothing, status=503)
    with pytest.raises(TryLater) as told:
        churn.predict(pd.DataFrame({"a": [1]}))
    assert told.value.code == "no_live_version"
    assert len(asked()) == 1
