"""A real server is asked marked rows: what is kept of it, and what becomes of a row that it falls over."""

import pytest

from predictions.models.promotion import live_version
from predictions.registry.datasets import Tables
from scheduling.evidence_page import page
from scheduling.judging.gathering import gather
from scheduling.models import Run
from scheduling.rehearsal import session
from scheduling.tests.evidence_factory import ask
from scheduling.tests.inputs_factory import inputs_of
from scheduling.tests.problem_factory import train
from scheduling.tests.redaction.marked import NAMES, as_text, seen
from scheduling.tests.redaction.marked_model import make_marked
from scheduling.tests.redaction.places import evidence_files
from scheduling.tests.redaction.test_outcomes import ASKED

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("server_uses_this_database"),
]


def test_what_a_real_rehearsal_keeps_of_redacted_rows_is_nothing(monkeypatch):
    monkeypatch.setattr(session, "LEAST_REQUESTS", 1)
    model = make_marked(NAMES)
    candidate = train(model, "DecisionTreeClassifier", name="second", max_depth=3)
    evidence = gather(inputs_of(candidate, live_version(model)), Tables())
    statuses = {reply.status for reply in evidence.rehearsal.replies}
    assert statuses == {400}  # no row's plan is one of the categories
    assert evidence.rehearsal.champion is not None
    page.store(Run(pk=1, registered_model=model), [], evidence.rehearsed)
    [kept] = evidence_files().values()
    assert seen(kept) == set()
    for check in ASKED:
        assert seen(as_text(ask(check, evidence))) == set()
