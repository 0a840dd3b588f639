"""No exhibit shows a value of a redacted feature, and none shows any value to everybody."""

from dataclasses import replace

import pytest

from scheduling.evidence.rehearsed import without_words
from scheduling.evidence_page import page
from scheduling.evidence_page.exhibits import EXHIBITS
from scheduling.evidence_page.exhibits.base import Exhibit, show
from scheduling.models import Run
from scheduling.tests.evidence_factory import ask
from scheduling.tests.redaction.marked import NAMES, SCENARIOS, Raising, as_text, marked_evidence, seen
from scheduling.tests.redaction.test_outcomes import ASKED

REDACTED = [frozenset(), frozenset({"amount"}), frozenset({"word"}), NAMES]
ALL = "as it is"
every_exhibit = pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.id)


@pytest.fixture(scope="module")
def judged():
    """By task, scenario and redacted features: the evidence, and what every check found."""
    made = {}
    for task, scenario in (
        *((task, ALL) for task in ("classification", "regression")),
        *(("classification", name) for name in SCENARIOS if name != ALL),
    ):
        for redacted in REDACTED if scenario == ALL else (REDACTED[0], NAMES):
            evidence = replace(SCENARIOS[scenario](marked_evidence(task)), redacted=redacted)
            outcomes = {check.id: ask(check, evidence) for check in ASKED}
            made[task, scenario, redacted] = (evidence, outcomes)
    return made


@pytest.fixture
def undrawn(monkeypatch):
    """The figures and words alone."""
    monkeypatch.setattr("scheduling.evidence_page.exhibits.base.picture_of", lambda *arguments: "")


def leaks(exhibit, evidence, outcomes):
    """What it shows that it must not show."""
    shown = show(exhibit, evidence, outcomes)
    public = seen(as_text([shown["note"], shown["public"]]))
    return public | (seen(as_text(shown)) & evidence.redacted)


@every_exhibit
def test_no_exhibit_leaks(exhibit, judged, undrawn, caplog):
    for evidence, outcomes in judged.values():
        assert leaks(exhibit, evidence, outcomes) == set()
    assert seen(caplog.text) == set()


@every_exhibit
@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("redacted", [REDACTED[0], NAMES], ids=["nothing redacted", "all redacted"])
def test_no_picture_leaks(exhibit, task, redacted, judged):
    assert leaks(exhibit, *judged[task, ALL, redacted]) == set()


@every_exhibit
def test_no_error_is_quoted(exhibit, judged, caplog):
    for redacted in REDACTED:
        _, outcomes = judged["classification", ALL, redacted]
        assert leaks(exhibit, Raising(redacted), outcomes) == set()
    assert seen(caplog.text) == set()


def test_without_a_redaction_those_see_values_who_may(judged, undrawn):
    shown = {one.id: show(one, *judged["classification", ALL, REDACTED[0]]) for one in EXHIBITS}
    private = {name: seen(as_text(one["private"])) for name, one in shown.items() if one["private"]}
    assert private["drift"] == NAMES
    assert private["changed_rows"] == NAMES - {"flag"}  # a marked flag is no row that can be asked
    assert "amount" in private["slices"]


def test_an_exhibit_that_does_not_say_what_is_public_shows_nothing(judged, undrawn):
    class Careless(Exhibit):
        id, title = "careless", "Careless"

        def figures(self, evidence, outcomes):
            return {"most": float(evidence.frame["amount"].max())}

        def describe(self, figures):
            return f"At most {figures['most']}."

    evidence, outcomes = judged["classification", ALL, REDACTED[0]]
    assert leaks(Careless(), evidence, outcomes) == set()
    assert leaks(Careless(), replace(evidence, redacted=frozenset({"amount"})), outcomes) == {"amount"}


@pytest.mark.parametrize("scenario", ["broken answers", "a rehearsal that failed"])
def test_the_rehearsal_is_kept_without_what_was_said_where_features_are_redacted(
    scenario, judged, iris, settings
):
    evidence, _ = judged["classification", scenario, NAMES]
    run = Run(pk=1, registered_model=iris)
    run.evidence_file = page.store(run, [], without_words(evidence.rehearsed))
    kept = page.read_rehearsal(run)
    assert seen(as_text(getattr(kept, "words", ""))) == set()
    words = [reply.words for reply in (*getattr(kept, "replies", []), *getattr(kept, "together", []))]
    assert not any(words)
