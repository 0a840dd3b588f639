"""What differs is told, figure by figure, and ends with 1."""

import re

import pytest

from scheduling.evidence.outcomes import Level, Outcome
from scheduling.models import CheckResult, Run
from scheduling.replay import replaying
from scheduling.replay.differences import compare
from scheduling.tests.replay.replays import as_json, command, judged, replayed, tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]


@pytest.fixture
def run(iris, live, strong):
    return judged(iris, strong)


def differences(run):
    return [(one.check, one.figure, one.stored, one.recomputed) for one in replayed(run).differences]


def test_an_outcome_that_was_rewritten_is_told(run):
    measured = run.results.get(check_id="evaluation_metrics").measured
    true = measured["gain"]["low"]
    tamper(run, "evaluation_metrics", measured=measured | {"gain": measured["gain"] | {"low": 0.5}})
    assert differences(run) == [("evaluation_metrics", "measured.gain.low", 0.5, true)]
    said = command("replay_run", run.pk, code=1)
    assert ": 1. " in said
    assert "measured.gain.low" in said


def test_a_check_that_was_made_to_pass_is_told_with_the_decision(run):
    limit = run.results.get(check_id="absolute_floors").limit
    tamper(run, "absolute_floors", limit=limit | {"floors": {"accuracy": 0.99}})
    evidence = Run.objects.get(pk=run.pk).evidence
    evidence["policy"]["floors"] = {"accuracy": 0.99}
    Run.objects.filter(pk=run.pk).update(evidence=evidence)
    values = as_json("replay_run", run.pk, code=1)
    assert values["same"] is False
    assert values["decision"]["stored"]["kind"] == "promoted"
    assert values["decision"]["recomputed"]["kind"] == "blocked"
    found = {(one["check"], one["figure"]): one for one in values["differences"]}
    assert found["decision", "kind"]["recomputed"] == "blocked"
    assert found["absolute_floors", "level"] == {
        "check": "absolute_floors",
        "figure": "level",
        "stored": "pass",
        "recomputed": "fail",
    }
    told = command("replay_run", run.pk, code=1)
    assert ": Blocked. 1 check" in told
    assert not re.search(r"(blocked|promoted)\. \1", told, re.IGNORECASE)


def test_an_outcome_that_is_gone_or_too_many_is_told(run):
    CheckResult.objects.filter(run=run, check_id="leakage").delete()
    CheckResult.objects.create(run=run, check_id="more", level="pass", message="", seconds=0)
    assert ("more", "outcome", "pass", "absent") in differences(run)
    assert ("leakage", "outcome", "absent", "pass") in differences(run)


def test_a_decision_that_was_rewritten_is_told(run):
    evidence = Run.objects.get(pk=run.pk).evidence
    evidence["gate"]["kind"] = "kept"
    Run.objects.filter(pk=run.pk).update(evidence=evidence)
    assert differences(run) == [("decision", "kind", "kept", "promoted")]


def test_other_libraries_are_named_as_a_possible_cause(run, monkeypatch):
    monkeypatch.setattr("scheduling.judging.inputs.library_versions", lambda: {"scikit-learn": "9.9"})
    said = command("replay_run", run.pk)
    assert all(one in " ".join(said.split()) for one in replayed(run).record.changed)
    assert "scikit-learn" in said
    tamper(run, "leakage", message="none")
    assert "possible cause" in command("replay_run", run.pk, code=1)
    assert "possible cause" not in said


def test_what_other_libraries_fall_over_is_no_traceback(run, monkeypatch):
    def fails(inputs, tables):
        raise AttributeError("no such attribute")

    monkeypatch.setattr(replaying, "gather", fails)
    with pytest.raises(AttributeError):
        replayed(run)
    monkeypatch.setattr("scheduling.judging.inputs.library_versions", lambda: {"scikit-learn": "9.9"})
    with pytest.raises(replaying.NotReplayable, match=r"no such attribute\. .*scikit-learn"):
        replayed(run)


def test_what_the_record_lacks_is_named_and_not_compared(run):
    details = run.results.get(check_id="leakage").details
    tamper(run, "leakage", details={name: value for name, value in details.items() if name != "seed"})
    assert differences(run) == []
    assert ": 1 (leakage.details.seed)." in command("replay_run", run.pk)


@pytest.mark.parametrize(
    ("stored", "recomputed", "same"),
    [
        (10**300, 1e300, True),  # as PostgreSQL gives it back
        (1, 1.0, True),
        (0.3, 0.1 + 0.2, False),
        (True, 1.0, False),
        (None, 0.0, False),
        ({}, {"a": 1}, False),
        ([1, 2], [1], False),
    ],
)
def test_figures_are_compared_to_the_bit(stored, recomputed, same):
    columns = {"level": "pass", "message": ""}
    before = CheckResult(measured={"x": stored}, **columns)
    now = Outcome(level=Level.PASS, message="", measured={"x": recomputed})
    assert (compare("leakage", before, now).differences == []) is same


def test_a_traceback_is_no_figure():
    before = CheckResult(level="error", message="", details={"traceback": "line 1"})
    now = Outcome(level=Level.ERROR, message="", details={"traceback": "line 2"})
    assert compare("leakage", before, now).differences == []


def test_what_differs_after_the_ninth_digit_only_is_counted_apart(run):
    measured = run.results.get(check_id="evaluation_metrics").measured
    low = measured["gain"]["low"]
    rounded = measured["gain"] | {"low": low * (1 + 1e-14), "high": 0.9}
    tamper(run, "evaluation_metrics", measured=measured | {"gain": rounded})
    said = command("replay_run", run.pk, code=1)
    assert ": 2 (1 " in said


def test_a_table_that_nobody_could_read_ends_and_says_so(run):
    details = run.results.get(check_id="feature_drift").details
    tamper(
        run, "feature_drift", details=details | {"columns": [{"name": name} for name in map(str, range(99))]}
    )
    count = len(as_json("replay_run", run.pk, code=1)["differences"])
    assert count > 60
    said = command("replay_run", run.pk, code=1)
    assert f"{count - 60} more" in said
    assert "--json" in said
