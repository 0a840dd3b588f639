"""The trials of a run: in the API, on its page, and drawn."""

import pytest

from predictions.tests.factories import make_model
from scheduling.evidence_page import exhibits, page
from scheduling.evidence_page.exhibits.base import show
from scheduling.evidence_page.exhibits.trials import of_search
from scheduling.models import Trial
from scheduling.search.tried import Proposal, Tried
from scheduling.tests.evidence_factory import make_evidence
from scheduling.tests.registering.sent import make_person
from scheduling.tests.run_factory import make_running
from scheduling.training.reporting import keep_trial

pytestmark = pytest.mark.django_db
VALUES = [(2, "sqrt", 0.7), (4, "sqrt", 0.9), (2, None, 0.6), (4, None, None), (8, "sqrt", 0.9)]


@pytest.fixture
def run():
    run = make_running(make_model("churn", public=True))
    for number, (depth, features, score) in enumerate(VALUES, 1):
        proposal = Proposal(number=number, parameters={"max_depth": depth, "max_features": features})
        scores = () if score is None else (score - 0.1, score + 0.1)
        text = {"error": "ValueError", "message": "not a number: Anna"} if score is None else {}
        keep_trial(run, Tried(proposal=proposal, scores=scores, seconds=0.5, **text), "accuracy")
    return run


def test_the_api_tells_all_of_them_and_the_best(client, run):
    told = client.get(f"/api/runs/{run.pk}/trials").json()
    assert (told["metric"], told["greater_is_better"], told["best"]) == ("accuracy", True, 2)
    assert [one["number"] for one in told["trials"]] == [1, 2, 3, 4, 5]
    assert told["trials"][0] | {"scores": ...} == {
        "number": 1, "parameters": {"max_depth": 2, "max_features": "sqrt"}, "share": 1.0, "scores": ...,
        "mean": pytest.approx(0.7), "state": "complete", "seconds": 0.5, "error": "", "message": None,
    }  # fmt: skip
    failed = told["trials"][3]
    assert (failed["mean"], failed["scores"], failed["error"]) == (None, [], "ValueError")


def test_the_librarys_words_are_for_those_who_may_read_values(client, run):
    token = make_person("ann", "values")
    told = client.get(f"/api/runs/{run.pk}/trials", headers=token).json()
    assert told["trials"][3]["message"] == "not a number: Anna"


def test_where_features_are_redacted_these_words_are_not_kept(run):
    run.registered_model.redacted_features = ["name"]
    tried = Tried(proposal=Proposal(number=9, parameters={}), error="ValueError", message="Anna")
    assert keep_trial(run, tried, "accuracy").message == ""


def test_a_run_without_a_search_has_none(client, run):
    other = make_running(run.registered_model)
    assert client.get(f"/api/runs/{other.pk}/trials").status_code == 404
    assert of_search(other) == ()


def test_a_trial_of_halving_is_told_once_with_the_scores_on_the_most_rows(run):
    for share, score in ((1 / 3, 0.95), (1.0, 0.65)):
        proposal = Proposal(number=6, parameters={}, share=share)
        trial = keep_trial(run, Tried(proposal=proposal, scores=(score,)), "accuracy")
    assert (trial.state, trial.mean, run.trials.count()) == ("complete", 0.65, 6)
    keep_trial(run, Tried(proposal=Proposal(number=7, parameters={}, share=0.5), scores=(0.99,)), "accuracy")
    assert run.trials.all().best().number == 2


def test_they_are_drawn_from_the_figures(run, forests):
    progress, parameters = (show(one, make_evidence(forests), {})["public"] for one in of_search(run))
    assert progress["figures"]["failed"] == [4]
    assert progress["figures"]["best"] == pytest.approx([0.7, 0.9, 0.9, 0.9])
    first, second = parameters["figures"]["parameters"]
    assert [value for value, _ in first["values"]] == ["2", "4", "8"]
    assert [value for value, _ in second["values"]] == ["None", "sqrt"]
    for part in (progress, parameters):
        assert part["picture"].startswith("<svg")
        assert part["description"]


def test_a_loss_falls_in_the_picture(run, forests):
    Trial.objects.update(metric="log_loss")
    progress, _ = of_search(run)
    assert progress.figures(make_evidence(forests), {})["best"] == pytest.approx([0.7, 0.7, 0.6, 0.6])
    assert run.trials.all().best().number == 3


def test_the_runs_page_shows_them_beside_the_other_exhibits(admin_client, run, forests):
    exhibits.keep_exhibits(run, make_evidence(forests), {})
    shown, _ = page.read(run)
    assert [one["id"] for one in shown[-2:]] == ["search_progress", "search_parameters"]
    for url in (f"/admin/scheduling/run/{run.pk}/change/", f"/admin/scheduling/run/{run.pk}/evidence.html"):
        text = admin_client.get(url).content.decode()
        assert text.count("max_depth=4") == 2
        assert "not a number: Anna" in text
