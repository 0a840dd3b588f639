"""How long one prediction takes: p50 and p95 against their limits."""

import pytest

from scheduling.checks.serving_cost import Latency
from scheduling.evidence.outcomes import Level
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.tests.evidence_factory import ask, make_evidence, make_rehearsal, make_reply

LIMITS = {
    "max_p50_ms": 50.0, "max_p95_ms": 100.0, "max_p50_ratio": 1.5, "max_p95_ratio": 2.0,
    "least_difference_ms": 1.0, "max_load_seconds": 10.0,
}  # fmt: skip


def played(milliseconds, **changes):
    return make_rehearsal([], replies=[make_reply(0, seconds=ms / 1000) for ms in milliseconds], **changes)


def run(forests, milliseconds, check=None, **changes):
    evidence = make_evidence(forests, rehearsed=played(milliseconds, **changes))
    return ask(check or Latency(), evidence)


def test_it_passes_a_fast_candidate_and_says_how_close_it_was(forests):
    outcome = run(forests, [*range(1, 42)] * 5)
    assert outcome.level is Level.PASS
    for said in ("21.0 ms", "39.0 ms", "205 requests"):
        assert said in outcome.message
    assert outcome.measured == {
        "requests": 205, "p50_ms": pytest.approx(21.0), "p95_ms": pytest.approx(39.0), "load_seconds": 1.5,
        "champion_p50_ms": None, "champion_p95_ms": None, "p50_ratio": None, "p95_ratio": None,
        "first_in_model_host": False,
    }  # fmt: skip
    assert outcome.limit == LIMITS


def test_a_moment_in_which_the_machine_was_slow_spoils_one_block(forests):
    outcome = run(forests, [10] * 80 + [900] * 20)
    assert (outcome.level, outcome.measured["p95_ms"]) == (Level.PASS, pytest.approx(10))


def test_it_fails_one_that_is_slower_than_the_champion(forests):
    outcome = run(forests, [8] * 100, champion=played([4] * 100))
    assert outcome.level is Level.FAIL
    for said in ("p50 is 2.0 times", "4.0 ms", "1.5 times"):
        assert said in outcome.message
    assert "p95" not in outcome.message
    assert outcome.measured["p50_ratio"] == outcome.measured["p95_ratio"] == pytest.approx(2.0)
    assert outcome.limit == LIMITS
    outcome = run(forests, [8.1] * 100, champion=played([4] * 100))
    assert "p95 is 2.0 times" in outcome.message


def test_it_fails_a_tail_that_the_champion_does_not_have(forests):
    outcome = run(forests, [*[4] * 18, 30, 30] * 5, champion=played([4] * 100))
    assert outcome.level is Level.FAIL
    for said in ("p95 is 7.5 times", "26.0 ms", "2 times"):
        assert said in outcome.message
    assert "p50" not in outcome.message


@pytest.mark.parametrize("ours", [0.2, 0.9, 1.05])
def test_a_small_difference_never_fails_whatever_the_ratio(forests, ours):
    outcome = run(forests, [ours] * 100, champion=played([0.1] * 100))
    assert outcome.level is Level.PASS
    assert "0.1 ms and 0.1 ms" in outcome.message


def test_a_small_ratio_never_fails_whatever_the_difference(forests):
    assert run(forests, [40] * 100, champion=played([30] * 100)).level is Level.PASS


@pytest.mark.parametrize(
    ("ours", "rungs", "level"),
    [
        (8, ("host", "onnx_64"), Level.WARN),
        (8, ("host", "onnx_given"), Level.WARN),
        (8, ("host", "host"), Level.FAIL),
        (8, ("onnx_32", "onnx_64"), Level.FAIL),
        (8, ("onnx_64", "host"), Level.FAIL),
        (60, ("host", "onnx_64"), Level.FAIL),
        (4, ("host", "onnx_64"), Level.PASS),
    ],
)
def test_the_first_version_in_the_model_host_is_warned_of_up_to_the_milliseconds(forests, ours, rungs, level):
    evidence = make_evidence(forests, rehearsed=played([ours] * 100, champion=played([4] * 100)))
    evidence.candidate.rung, evidence.champion.rung = rungs
    outcome = ask(Latency(), evidence)
    assert outcome.level is level
    assert outcome.measured["p50_ratio"] == pytest.approx(ours / 4)
    assert outcome.measured["first_in_model_host"] is (rungs[0] == "host" != rungs[1])


def test_what_slows_both_does_not_count(forests):
    slowing = [4] * 20 + [8] * 20 + [16] * 20 + [20] * 20 + [24] * 20
    outcome = run(forests, slowing, champion=played(slowing))
    assert (outcome.level, outcome.measured["p95_ratio"]) == (Level.PASS, pytest.approx(1.0))


def test_a_champion_that_failed_is_told_of(forests):
    outcome = run(forests, [4] * 20, champion_failed="no answer within 5 s")
    assert outcome.level is Level.PASS
    assert "no answer within 5 s" in outcome.message


def test_it_fails_one_that_takes_long_to_load(forests):
    outcome = run(forests, [4] * 20, load_seconds=12.25)
    assert outcome.level is Level.FAIL
    assert all(said in outcome.message for said in ("12.2 s", "10 s"))


def test_it_fails_a_slow_median(forests):
    outcome = run(forests, [60] * 20)
    assert outcome.level is Level.FAIL
    assert all(said in outcome.message for said in ("p50", "60.0 ms", "50 ms"))
    assert "p95" not in outcome.message
    assert outcome.limit == LIMITS


def test_it_fails_a_slow_tail(forests):
    outcome = run(forests, [*[5] * 18, 400, 400] * 5)
    assert outcome.level is Level.FAIL
    assert "p95" in outcome.message
    assert "p50" not in outcome.message


def test_it_names_both_where_both_are_slow(forests):
    message = run(forests, [200] * 20).message
    assert all(said in message for said in ("p50", "p95", "200.0 ms", "50 ms", "100 ms"))


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
