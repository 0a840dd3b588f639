"""What the checks look at: gathered once, over the rows that can be asked."""

import pytest

from conftest import FIXTURES
from predictions.models import Feature, Signature
from predictions.registry import datasets
from predictions.registry.datasets import Tables
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.judging.gathering import gather
from scheduling.tests.evidence_factory import POLICY, make_evidence, make_rehearsal
from scheduling.tests.inputs_factory import inputs_of
from scheduling.training.by_recipe import build
from scheduling.training.training import fit_and_register

pytestmark = pytest.mark.usefixtures("rehearsed")


def gathered(model, candidate, champion=None):
    assert candidate.registered_model == model
    return gather(inputs_of(candidate, champion), Tables())


def test_it_has_the_answers_of_both_to_the_same_rows(iris, live, strong, config):
    config.API_BASE_URL = "http://localhost:8123/"
    evidence = gathered(iris, strong, live)
    assert len(evidence.frame) == len(evidence.judged) == 45
    assert evidence.candidate_answers.outputs == evidence.expected.outputs
    assert len(evidence.champion_answers.outputs) == len(evidence.rehearsal.replies) == 45
    assert len(evidence.samples.reference.answers.outputs) == len(evidence.training) == 105
    assert set(evidence.scored) == {"candidate", "champion"}
    assert evidence.policy == POLICY
    assert (evidence.not_comparable, evidence.groups, evidence.looks) == ("", None, 0)
    assert evidence.api_base_url == "http://localhost:8123"


def test_a_first_version_has_no_champion(iris, strong):
    evidence = gathered(iris, strong)
    assert evidence.champion_answers is None
    assert set(evidence.scored) == {"candidate"}


@pytest.mark.parametrize("value", [b"", b"abc", b"inf", b"1e300"])
def test_rows_that_cannot_be_asked_are_kept_for_data_quality_and_not_judged(iris, live, strong, value):
    content = (FIXTURES / "evaluation.csv").read_bytes() + value + b",3.5,1.4,0.2,0\n"
    datasets.register(registered_model=iris, role="evaluation", content=content)
    evidence = gathered(iris, strong, live)
    assert (len(evidence.frame), len(evidence.judged)) == (46, 45)
    for answers in (evidence.expected, evidence.candidate_answers, evidence.champion_answers):
        assert len(answers.outputs) == 45


def test_the_champion_is_asked_in_the_columns_of_its_own_signature(iris, live):
    turned = make_signature_turned(iris)
    candidate = fit_and_register(
        build("DecisionTreeClassifier", {}, seed=1),
        name="tree",
        registered_model=iris,
        source="trained",
        created_by="a test",
        tables=Tables(),
    )
    evidence = gathered(iris, candidate, live)
    assert candidate.signature == turned
    assert list(evidence.frame.columns)[:4] == ["petalwidth", "petallength", "sepalwidth", "sepallength"]
    alone = gathered(iris, live, None)
    assert evidence.champion_answers.outputs == alone.candidate_answers.outputs


def test_a_rehearsal_that_failed_is_evidence_too(iris, strong, monkeypatch):
    def rehearse(candidate, rows, **champion):
        raise RehearsalFailed("its server ended with 1: ")

    monkeypatch.setattr("scheduling.judging.rehearsing.rehearse", rehearse)
    evidence = gathered(iris, strong)
    with pytest.raises(RehearsalFailed, match="its server ended with 1"):
        _ = evidence.rehearsal
    for asked in (lambda: evidence.candidate_answers.outputs, lambda: evidence.samples.reference):
        with pytest.raises(RehearsalFailed, match="its server ended with 1"):
            asked()  # nor is it loaded here
    assert len(evidence.expected.outputs) == 45


def test_a_champion_that_failed_in_the_rehearsal_is_not_loaded_here(iris, live, strong, monkeypatch):
    def rehearse(candidate, rows, **champion):
        return make_rehearsal([], champion_failed="no answer within 5 s")

    monkeypatch.setattr("scheduling.judging.rehearsing.rehearse", rehearse)
    evidence = gathered(iris, strong, live)
    assert evidence.candidate_answers.outputs == evidence.expected.outputs
    assert evidence.champion_answers is None
    assert "no answer within 5 s" in evidence.not_comparable


def test_what_it_holds_cannot_be_changed(forests):
    with pytest.raises(AttributeError):
        make_evidence(forests).frame = None


def make_signature_turned(model):
    """A newer signature: the same features, the other way round."""
    first = model.signatures.get()
    columns = {"task": first.task, "output_name": first.output_name, "labels": first.labels}
    newer = Signature.objects.create(registered_model=model, number=2, **columns)
    for feature in first.features.all():
        columns = {"name": feature.name, "kind": feature.kind, "example": feature.example}
        Feature.objects.create(signature=newer, position=3 - feature.position, **columns)
    return newer
