"""A large evaluation set: the served form is proved on a sample, and scikit-learn answers for all rows."""

import pytest

from conftest import iris_spec, register
from predictions.contract.answers import Answers
from predictions.registry import artefacts, proof
from predictions.registry.datasets import Tables
from predictions.registry.loading import LoadedVersion
from scheduling.judging import drift_samples
from scheduling.judging.answers import answers_and_proof, own_answers
from scheduling.judging.gathering import gather
from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.inputs_factory import inputs_of
from scheduling.tests.replay.replays import assert_same, judged
from scheduling.training.training import train_candidate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]
SAMPLE = 20


@pytest.fixture(autouse=True)
def _few_rows_are_many(monkeypatch):
    """The 45 rows of the evaluation set are a large set, and so are the 105 of the reference."""
    monkeypatch.setattr(proof, "MOST_ROWS", SAMPLE)
    monkeypatch.setattr(proof, "NEAR_A_BORDER", 8)
    monkeypatch.setattr(proof, "UNUSUAL", 4)
    monkeypatch.setattr(drift_samples, "MOST_REFERENCE_ROWS", 50)


@pytest.fixture
def asked(monkeypatch):
    """How many rows each version's served form was asked for, in order."""
    asked, predict = [], LoadedVersion.predict_frame

    def counting(self, frame):
        asked.append((self.label, len(frame)))
        return predict(self, frame)

    monkeypatch.setattr(LoadedVersion, "predict_frame", counting)
    return asked


def same_bits(answers, others):
    return answers.outputs == others.outputs and (answers.probabilities == others.probabilities).all()


def test_both_are_judged_by_scikit_learns_answers(iris, live, strong, asked):
    evidence = gather(inputs_of(strong, live), Tables())
    assert same_bits(evidence.candidate_answers, own_answers(strong, evidence.judged))
    assert same_bits(evidence.champion_answers, own_answers(live, evidence.judged))
    assert (evidence.proof["rows"], evidence.proof["equal"]) == (SAMPLE, True)
    assert len(evidence.samples.reference.answers.outputs) == len(evidence.samples.reference.frame) == 50
    assert asked == [("1.1", SAMPLE), ("1.1", 50), ("1.0", SAMPLE)]


def test_parity_says_how_many_rows_were_compared(iris, live, strong):
    measured = judged(iris, strong).results.get(check_id="parity").measured
    assert (measured["rows"], measured["rows_in_process"]) == (45, SAMPLE)


def test_a_replay_finds_the_same_bits(iris, live, strong):
    assert assert_same(judged(iris, strong)).decision.kind == "promoted"


def test_a_candidate_that_was_trained_by_the_run_is_replayed_from_its_file(iris, live):
    tables = Tables()
    candidate = train_candidate(iris, run=7, tables=tables)
    assert len(tables.of(iris.datasets.get(role="evaluation")).own) == 1
    assert_same(judged(iris, candidate, task="retrain"))


@pytest.mark.parametrize("what", ["labels", "probabilities"])
def test_a_served_form_that_differs_in_the_sample_is_asked_for_all_rows(iris, live, strong, asked, what):
    from predictions.registry import loading

    frame = read_csv("evaluation")
    expected = own_answers(strong, frame)
    row = int(proof.rows_to_prove(frame, iris_spec(), expected)[-1])
    outputs, shares = list(expected.outputs), expected.probabilities.copy()
    if what == "labels":
        outputs[row] = (outputs[row] + 1) % 3
    else:
        shares[row] += 2e-5
    answers, found = answers_and_proof(loading.load(strong), frame, Answers(outputs, shares), is_upload=False)
    assert (found["equal"], found["rows"]) == (False, 45)
    assert same_bits(answers, loading.load(strong).predict_frame(frame))


def test_an_uploads_own_answers_decide_nothing(iris, live, forests, asked, monkeypatch):
    uploaded = register(iris, forests["strong"], name="uploaded", source="uploaded")
    frame = Tables().of(iris.datasets.get(role="evaluation")).frame(iris_spec())
    perfect = Answers(frame["species"].tolist(), None)
    monkeypatch.setattr("scheduling.uploads.sandbox.answers", lambda *arguments, **how: perfect)
    evidence = gather(inputs_of(uploaded, live), Tables())
    assert asked[0] == ("1.1", 45)
    assert evidence.candidate_answers.probabilities is not None


def test_a_champion_that_was_uploaded_is_asked_for_all_rows(iris, strong, forests, asked):
    uploaded = register(iris, forests["weak"], name="uploaded", source="uploaded")
    gather(inputs_of(strong, uploaded), Tables())
    assert asked[-1] == ("1.1", 45)


def test_a_champion_whose_artefact_is_gone_is_asked_for_all_rows(iris, live, strong, asked):
    artefacts.remove(live.artefact)
    evidence = gather(inputs_of(strong, live), Tables())
    assert len(evidence.champion_answers.outputs) == 45
    assert asked[-1] == ("1.0", 45)
