"""A whole run on marked rows: in what it left a redacted value is nowhere, and no other is public."""

import logging

import pytest
from django.core.management import call_command

from predictions.tests.factories import make_person, token_of
from scheduling.checks import CHECKS
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.judging.judge import judge
from scheduling.tests.problem_factory import set_recipe, train
from scheduling.tests.redaction.marked import NAMES, quoted, seen
from scheduling.tests.redaction.marked_model import leaks, lines, make_marked
from scheduling.tests.redaction.places import evidence_files
from scheduling.tests.run_factory import EPOCH, make_running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]
REDACTED = [frozenset(), frozenset({"amount", "word"}), NAMES]
IN_FILES = NAMES - {"flag"}  # a cell of a file that is neither true nor false is missing
each_redaction = pytest.mark.parametrize(
    "redacted", REDACTED, ids=["nothing", "two features", "all features"]
)


@pytest.fixture(autouse=True)
def _open(config):
    config.METRICS_PUBLIC = True


@each_redaction
def test_a_run_that_judges_leaks_nothing(client, redacted, caplog):
    caplog.set_level(logging.DEBUG, logger="scheduling")
    model = make_marked(redacted)
    run = make_running(model, task="retrain")
    set_recipe(model, "DecisionTreeClassifier", max_depth=3)
    call_command("runjob", str(run.pk), epoch=EPOCH)
    run.refresh_from_db()
    assert (run.status, run.decision) == ("finished", "blocked"), run.reason
    assert run.results.count() == len(CHECKS)
    assert run.results.get(check_id="data_quality").level == "fail"
    assert leaks(client, model, redacted) == {}
    assert seen(lines(caplog)) == set()


def test_without_a_redaction_those_read_values_who_may(client):
    model = make_marked(frozenset())
    candidate = train(model, "DecisionTreeClassifier", name="second", max_depth=3)
    run = make_running(model)
    judge(run, candidate)
    for path in (f"/api/runs/{run.pk}", f"/api/runs/{run.pk}/evidence"):
        reply = client.get(path, headers=token_of(make_person(path[-8:], "view_prediction")))
        assert seen(reply.content.decode()) == IN_FILES
    [kept] = evidence_files().values()
    assert seen(kept) == IN_FILES
    found = run.results.get(check_id="data_quality").details["findings"]
    assert ["row 5"] in [one["examples"] for one in found if one["column"] == "flag"]


@pytest.mark.parametrize("redacted", REDACTED[:2], ids=["nothing", "two features"])
@pytest.mark.parametrize("where", ["gathering", "fitting", "a check", "the rehearsal", "an exhibit"])
def test_a_run_in_which_something_breaks_leaks_nothing(client, redacted, where, monkeypatch, caplog):
    def breaks(*arguments, **options):
        if where == "the rehearsal":
            raise RehearsalFailed("no answer within 5 s", words=quoted())
        raise ValueError(quoted())

    model = make_marked(redacted)
    target = {
        "gathering": "scheduling.judging.judge.gather",
        "fitting": "sklearn.tree.DecisionTreeClassifier.fit",
        "a check": "scheduling.checks.parity.Parity.run",
        "the rehearsal": "scheduling.judging.rehearsing.rehearse",
        "an exhibit": "scheduling.evidence_page.exhibits.changed_rows.ChangedRows.figures",
    }[where]
    monkeypatch.setattr(target, breaks)
    set_recipe(model, "DecisionTreeClassifier", max_depth=3)
    run = make_running(model, task="retrain")
    call_command("runjob", str(run.pk), epoch=EPOCH)
    run.refresh_from_db()
    assert run.status == ("failed" if where in ("gathering", "fitting") else "finished")
    assert leaks(client, model, redacted) == {}
    assert seen(lines(caplog)) == set()
    if where in ("gathering", "fitting"):
        assert seen(run.traceback) == (set() if redacted else NAMES)
