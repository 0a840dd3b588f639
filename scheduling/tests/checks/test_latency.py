"""How long one prediction takes: p50 and p95 against their limits."""

import pytest

from scheduling.checks.latency import Latency
from scheduling.judging import ask
from scheduling.outcomes import Level
from scheduling.rehearsal import RehearsalFailed
from scheduling.tests.evidence_factory import make_evidence, make_rehearsal, make_reply

LIMITS = {"max_p50_ms": 50.0, "max_p95_ms": 100.0}


def run(forests, milliseconds, check=None):
    replies = [make_reply(0, seconds=ms / 1000) for ms in milliseconds]
    return ask(check or Latency(), make_evidence(forests, rehearsed=make_rehearsal([], replies=replies)))


def test_it_passes_a_fast_candidate_and_says_how_close_it_was(forests):
    outcome = run(forests, range(1, 42))
    assert outcome.level is Level.PASS
    assert outcome.message == "p50 21.0 ms, p95 39.0 ms over 41 requests"
    assert outcome.measured == pytest.approx({"p50_ms": 21.0, "p95_ms": 39.0, "requests": 41})
    assert outcome.limit == LIMITS
    assert outcome.details == {"load_seconds": 1.5}


def test_it_fails_a_slow_median(forests):
    outcome = run(forests, [60] * 20)
    assert (outcome.level, outcome.message) == (Level.FAIL, "p50 60.0 ms is over 50 ms")
    assert outcome.limit == LIMITS


def test_it_fails_a_slow_tail(forests):
    outcome = run(forests, [5] * 18 + [400] * 2)
    assert outcome.level is Level.FAIL
    assert "p95" in outcome.message
    assert "p50" not in outcome.message


def test_it_names_both_where_both_are_slow(forests):
    message = run(forests, [200] * 20).message
    assert message == "p50 200.0 ms is over 50 ms; p95 200.0 ms is over 100 ms"


def test_exactly_at_the_limit_passes(forests):
    check = Latency().with_limits({"max_p50_ms": 7.0, "max_p95_ms": 7.0})
    outcome = run(forests, [7] * 10, check)
    assert outcome.measured["p95_ms"] == pytest.approx(7.0)
    assert run(forests, [6.99] * 10, check).level is Level.PASS
    assert run(forests, [7.01] * 10, check).level is Level.FAIL


def test_no_request_at_all_is_no_pass(forests):
    outcome = run(forests, [])
    assert (outcome.level, outcome.limit) == (Level.ERROR, LIMITS)


def test_a_rehearsal_that_failed_is_an_error(forests):
    outcome = ask(Latency(), make_evidence(forests, rehearsed=RehearsalFailed("it does not load: …")))
    assert (outcome.level, outcome.limit) == (Level.ERROR, LIMITS)
