"""Versions: numbered in order, found by their label, never registered twice."""

import pytest

from predictions.models import ModelVersion, Signature
from predictions.models.promotion import with_is_live
from predictions.tests.factories import make_live, make_model, make_version

pytestmark = pytest.mark.django_db


def test_the_first_is_1_0_and_the_next_1_1():
    model = make_model()
    labels = [make_version(model, name).label for name in "abc"]
    assert labels == ["1.0", "1.1", "1.2"]
    assert str(ModelVersion.objects.first()) == "wine 1.2"


def test_each_signature_numbers_its_own():
    model = make_model()
    make_version(model, "a")
    second = Signature.objects.create(registered_model=model, number=2, task="regression", output_name="y")
    version = ModelVersion.objects.register(
        signature=second, artefact_sha256="other", parity={}, golden_rows={}
    )
    assert version.label == "2.0"
    assert version.registered_model == model


def test_an_artefact_that_is_known_keeps_its_row():
    model = make_model()
    first = make_version(model, "a")
    again = ModelVersion.objects.register(
        signature=first.signature, artefact_sha256=first.artefact_sha256, name="another name"
    )
    assert again == first
    assert again.name == "a"
    assert ModelVersion.objects.count() == 1


def test_the_same_artefact_is_another_version_for_another_model():
    versions = [make_version(make_model(name), "a") for name in ("wine", "roses")]
    assert versions[0] != versions[1]
    assert [version.label for version in versions] == ["1.0", "1.0"]


def test_it_marks_the_one_that_is_live():
    model, other = make_model(), make_model("roses")
    a, b = make_version(model, "a"), make_version(model, "b")
    make_live(make_version(other, "c"))
    for version in (b, a):
        make_live(version)
    marks = {version.name: version.is_live for version in with_is_live(ModelVersion.objects.all())}
    assert marks == {"a": True, "b": False, "c": True}
    assert set(ModelVersion.objects.of(model)) == {a, b}


def test_it_is_found_by_its_label():
    model = make_model()
    make_version(model, "a")
    b = make_version(model, "b")
    assert ModelVersion.objects.of(model).labelled("1.1").get() == b


@pytest.mark.parametrize(
    "label",
    ["", "1", ".", "1.", ".1", "1.9", "2.0", "-1.0", "1.0.0", "a.b", "1.0 ", "١.٠", "²", "1." + "9" * 50],
)
def test_what_is_no_label_finds_nothing(label):
    make_version(make_model(), "a")
    assert not ModelVersion.objects.labelled(label).exists()
