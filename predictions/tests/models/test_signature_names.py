"""Names that replies need for themselves are refused when a signature is made, by field."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from sklearn.linear_model import LinearRegression

from predictions.contract.names import KEYS_OF_REPLIES
from predictions.models import Feature, Signature
from predictions.tests import other_models
from predictions.tests.factories import make_model
from predictions.tests.other_models import AGE, EARNED, people, signature

pytestmark = pytest.mark.django_db


def make(output_name="y", **columns):
    columns = {"task": "regression", "labels": [], "number": 2} | columns
    return Signature.objects.create(registered_model=make_model(), output_name=output_name, **columns)


def feature(signature, name):
    return Feature.objects.create(signature=signature, position=0, name=name, kind="float", example=1)


def refused(make, *arguments, **columns):
    with pytest.raises(ValidationError) as caught:
        make(*arguments, **columns)
    return list(caught.value.message_dict)


@pytest.mark.parametrize("name", KEYS_OF_REPLIES)
def test_an_output_is_no_key_of_a_reply(name):
    assert refused(make, name) == ["output_name"]
    assert not Signature.objects.filter(number=2).exists()


@pytest.mark.parametrize("name", ["label", "target", "Model", "id", "columns", "output", "y"])
def test_other_names_are_taken(name):
    assert make(name).output_name == name


def test_feature_and_output_need_different_names():
    made = make("price")
    assert refused(feature, made, "price") == ["name"]
    feature(made, "size")
    made.output_name = "size"
    assert refused(made.save) == ["output_name"]


@pytest.mark.parametrize("columns", [{"labels": [0, 1]}, {"task": "classification"}])
def test_the_task_says_whether_there_are_labels(columns):
    assert refused(make, **columns) == ["labels"]


@pytest.mark.parametrize("changes", [{"output_name": "errorMessage"}, {"output_name": "age"}])
def test_the_admin_names_the_field(admin_client, changes):
    data = {
        "registered_model": make_model().pk, "number": 2, "task": "regression", "output_name": "price",
        "labels": "", "features-TOTAL_FORMS": 1, "features-INITIAL_FORMS": 0, "features-0-position": 0,
        "features-0-name": "age", "features-0-kind": "int", "features-0-required": "on",
        "features-0-example": "3", "features-0-categories": "",
    }  # fmt: skip
    page = admin_client.post(reverse("admin:predictions_signature_add"), data | changes)
    assert page.status_code == 200
    wrong = page.context["adminform"].form.errors.keys()
    of_features = page.context["inline_admin_formsets"][0].formset.errors[0].keys()
    assert (wrong | of_features) == {"output_name" if "error" in changes["output_name"] else "name"}
    assert not Signature.objects.filter(number=2).exists()


def test_features_may_be_called_like_keys_of_replies(client):
    """They never stand beside them."""
    names = ("model", "label", "probabilities", "errorMessage", "id")
    spec = signature("regression", "spends", (), *(replace(AGE, name=name) for name in names), EARNED)
    frame = people().assign(**{name: people()["age"] for name in names})
    other_models.live("odd", spec, other_models.fitted(LinearRegression(), frame, spec), frame=frame)
    row = dict.fromkeys(names, 30) | {"income": 0.5}
    body = client.post("/api/models/odd/predict", row, content_type="application/json").json()
    assert (body["model"], "prediction_id" in body) == ("odd", True)
