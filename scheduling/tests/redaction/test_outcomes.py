"""No check tells a value of a redacted feature, and none tells any value in what everybody reads."""

from dataclasses import asdict, dataclass, replace

import pytest

from scheduling.checks import CHECKS
from scheduling.checks.base import Check
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.tests.evidence_factory import ask
from scheduling.tests.redaction.marked import (
    NAMES,
    SCENARIOS,
    Raising,
    as_text,
    marked_evidence,
    quoted,
    seen,
)

NOTHING = frozenset()
EACH = [frozenset({name}) for name in sorted(NAMES)]
QUICK = {"attempts": 1}  # nobody waits for an API that is not there
ASKED = [check.with_limits(QUICK) if QUICK.keys() <= check.limits.keys() else check for check in CHECKS]
every_check = pytest.mark.parametrize("check", ASKED, ids=lambda check: check.id)


@pytest.fixture(scope="module")
def evidences():
    """By task and scenario."""
    return {
        (task, name): change(marked_evidence(task))
        for task in ("classification", "regression")
        for name, change in SCENARIOS.items()
    }


def public(outcome):
    return as_text([outcome.level, outcome.message, outcome.measured, outcome.limit])


def leaks(check, evidence):
    """What a check tells that it must not tell: a value in public, and any of a redacted feature."""
    outcome = ask(check, evidence)
    return seen(public(outcome)) | (seen(as_text(asdict(outcome))) & evidence.redacted)


@every_check
@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_check_leaks(check, task, scenario, evidences):
    evidence = evidences[task, scenario]
    assert leaks(check, evidence) == set()
    assert leaks(check, replace(evidence, redacted=NAMES)) == set()


@every_check
def test_each_feature_is_redacted_by_itself(check, evidences):
    for redacted in EACH:
        assert leaks(check, replace(evidences["classification", "as it is"], redacted=redacted)) == set()


@every_check
def test_no_error_is_quoted(check):
    assert ask(check, Raising()).level is Level.ERROR
    for redacted in (NOTHING, NAMES, *EACH):
        assert leaks(check, Raising(redacted)) == set()


def test_without_a_redaction_the_details_tell_every_feature(evidences):
    told = {check.id: ask(check, evidences["classification", "as it is"]).details for check in ASKED}
    assert seen(as_text(told)) == seen(as_text(told["feature_drift"])) == NAMES
    assert seen(as_text(told["data_quality"])) == {"amount", "flag", "plan"}
    assert seen(as_text(told["slices"])) >= {"amount", "word", "steps"}
    for name in ("broken answers", "a rehearsal that failed"):
        [contract] = [
            ask(check, evidences["classification", name]) for check in ASKED if check.id == "contract"
        ]
        assert seen(as_text(contract.details)) == NAMES
    assert seen(as_text(ask(ASKED[0], Raising()).details)) == NAMES


def test_the_scenarios_bring_about_what_checks_have_to_tell(evidences):
    levels = {check.id: {ask(check, one).level for one in evidences.values()} for check in ASKED}
    for name in ("data_quality", "leakage", "contract", "feature_drift", "slices"):
        assert Level.FAIL in levels[name]


@dataclass(frozen=True, kw_only=True)
class Careless(Check):
    """A check such as somebody may add."""

    id = "careless"
    where = "message"

    def run(self, evidence):
        told = {"message": "fine"} | {self.where: str(evidence.frame["amount"].max())}
        if self.where == "error":
            raise ValueError(told["error"])
        if self.where != "message":
            told[self.where] = {"most": float(told[self.where])}
        return Outcome(level=Level.PASS, **told)


@pytest.mark.parametrize("where", ["message", "measured", "limit", "details"])
def test_a_check_that_leaks_is_found(evidences, where):
    careless = type("Careless", (Careless,), {"where": where})()
    evidence = evidences["classification", "as it is"]
    assert leaks(careless, replace(evidence, redacted=frozenset({"amount"}))) == {"amount"}
    assert leaks(careless, evidence) == (set() if where == "details" else {"amount"})


def test_what_is_searched_for_is_found():
    assert seen(quoted()) == NAMES
    for text in ("7654321", "-7654321.25", "7.65e+06", "7.654e+06", "(row 3: -7.65432e+06)"):
        assert seen(text) == {"amount"}, text
    assert seen("50000 rows, p = 1e-300, 2147483647, 3.4e38, amount, sha 7654321ab") == set()
