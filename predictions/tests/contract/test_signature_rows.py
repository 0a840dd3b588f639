"""A signature as rows: read into a value, and immutable once a version relies on it."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from predictions.contract.fields import FeatureSpec, Kind
from predictions.models import Feature, RegisteredModel, Signature
from predictions.tests.factories import make_model, make_version

pytestmark = pytest.mark.django_db


def add_feature(signature, position=0, **columns):
    facts = {"name": f"x{position}", "kind": "float", "example": 1.0}
    return Feature.objects.create(signature=signature, position=position, **facts | columns)


@pytest.fixture
def used():
    """A signature with one feature and one version."""
    model = make_model()
    add_feature(model.signatures.get())
    make_version(model, "a")
    return model.signatures.get()


def test_the_fixture_finds_its_rows_by_their_names(iris):
    signature = Signature.objects.get_by_natural_key("iris", 1)
    assert signature.registered_model == RegisteredModel.objects.get_by_natural_key("iris") == iris
    assert [feature.name for feature in signature.features.all()] == [
        "sepallength", "sepalwidth", "petallength", "petalwidth"
    ]  # fmt: skip


def test_it_becomes_a_value_with_the_features_in_their_positions():
    signature = make_model().signatures.get()
    add_feature(signature, 1, kind="category", categories=["a", "b"], required=False, example="a")
    add_feature(signature, 0, minimum=0, exclusive_maximum=9, description="how long")
    spec = signature.spec()
    assert (spec.task, spec.output_name, spec.labels) == ("classification", "kind", (0, 1))
    assert spec.features == (
        FeatureSpec(
            name="x0", kind=Kind.FLOAT, minimum=0, exclusive_maximum=9, example=1.0, description="how long"
        ),
        FeatureSpec(name="x1", kind=Kind.CATEGORY, categories=("a", "b"), required=False, example="a"),
    )


def test_it_can_be_changed_until_a_version_relies_on_it():
    signature = make_model().signatures.get()
    feature = add_feature(signature)
    signature.output_name = "colour"
    signature.save()
    feature.minimum = 0
    feature.save()
    assert Signature.objects.get().output_name == "colour"


def test_nothing_of_it_is_saved_once_a_version_relies_on_it(used):
    used.output_name = "colour"
    feature = used.features.get()
    feature.minimum = 0
    for row in (used, feature):
        with pytest.raises(ValidationError, match="signature 1 is used"):
            row.save()
    with pytest.raises(ValidationError):
        add_feature(used, 1)
    assert Signature.objects.get().output_name == "kind"
    assert Feature.objects.get().minimum is None


def test_it_is_not_deleted_once_a_version_relies_on_it(used):
    with pytest.raises(ProtectedError):
        used.delete()
    assert Feature.objects.count() == 1


def test_no_feature_of_it_is_deleted_once_a_version_relies_on_it(used):
    with pytest.raises(ValidationError):
        used.features.get().delete()


def test_no_feature_moves_away_once_a_version_relies_on_it(used):
    feature = used.features.get()
    feature.signature = make_model("roses").signatures.get()
    with pytest.raises(ValidationError):
        feature.save()
