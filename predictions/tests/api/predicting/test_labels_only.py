"""A live classifier without probabilities: no reply has any, and the log and its labels work the same."""

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from predictions.log.ingester import Ingester
from predictions.models import Feedback, Prediction, RegisteredModel
from predictions.tests import other_models
from predictions.tests.factories import make_person, token_of
from predictions.tests.other_models import AGE, EARNED, MIXED, pipeline, signature

pytestmark = pytest.mark.django_db
ROWS = [{"age": 70, "town": "Rome"}, {"age": 20, "town": "Oslo"}]
PATHS = ["/v2/models/deciders", "/v2/models/deciders/versions/1.0"]


@pytest.fixture
def deciders():
    version = other_models.live("deciders", MIXED, fitted(pipeline(LinearSVC()), MIXED))
    RegisteredModel.objects.filter(name="deciders").update(is_default=True)
    other_models.Follower().step()
    return version


def fitted(estimator, spec):
    people = other_models.people()
    return estimator.fit(people[list(spec.names)], people[spec.output_name])


def test_one_row_and_many_rows_have_labels_alone(client, deciders):
    one = client.post("/predict", ROWS[0], content_type="application/json")
    assert one.json() == {"buys": "yes", "model": "deciders"}
    path = "/api/models/deciders/predict"
    one = client.post(path, ROWS[0], content_type="application/json").json()
    assert one.keys() == {"model", "version", "prediction", "prediction_id"}
    many = client.post(path, ROWS, content_type="application/json").json()
    assert many.keys() == {"model", "version", "predictions", "prediction_ids"}
    assert (one["prediction"], many["predictions"]) == ("yes", ["yes", "no"])


@pytest.mark.parametrize("path", PATHS)
def test_the_inference_protocol_has_one_output(client, deciders, path):
    outputs = [{"name": "predict", "datatype": "BYTES", "shape": [-1]}]
    assert client.get(path).json()["outputs"] == outputs
    ages = [{"name": "age", "shape": [2], "datatype": "INT64", "data": [70, 20]}]
    ages.append({"name": "town", "shape": [2], "datatype": "BYTES", "data": ["Rome", "Oslo"]})
    reply = client.post(f"{path}/infer", {"inputs": ages}, content_type="application/json").json()
    assert [(one["name"], one["data"]) for one in reply["outputs"]] == [("predict", ["yes", "no"])]
    asked = {"inputs": ages, "outputs": [{"name": "predict_proba"}]}
    reply = client.post(f"{path}/infer", asked, content_type="application/json")
    assert reply.status_code == 400
    assert "predict_proba" in reply.json()["error"]


@pytest.mark.parametrize(("estimator", "has"), [(LinearSVC(C=2), False), (LogisticRegression(), True)])
def test_the_metadata_of_a_version_that_is_not_live_are_its_own(client, deciders, estimator, has):
    estimator = fitted(pipeline(estimator), MIXED)
    later = other_models.registered(deciders.signature, "later", estimator)
    assert (later.label, later.has_probabilities) == ("1.1", has)
    headers = token_of(make_person("ann", "try_version"))
    told = client.get("/v2/models/deciders/versions/1.1", headers=headers).json()
    assert [one["name"] for one in told["outputs"]] == ["predict", "predict_proba"][: 1 + has]


def test_they_are_logged_and_told_about(client, deciders, config):
    reply = client.post("/api/models/deciders/predict", ROWS, content_type="application/json").json()
    assert Ingester(config.SPOOL_DIR).step() == 2
    logged = Prediction.objects.order_by("pk")
    assert [(row.output, row.probabilities) for row in logged] == [("yes", None), ("no", None)]
    told = [{"prediction_id": id, "label": "no"} for id in reply["prediction_ids"]]
    headers = token_of(make_person("ann", "add_feedback", "view_prediction"))
    taken = client.post("/api/feedback", told, content_type="application/json", headers=headers)
    assert (taken.json()["stored"], Feedback.objects.count()) == (2, 2)
    row = client.get("/api/predictions", headers=headers).json()["results"][0]
    assert row["probabilities"] is None


@pytest.mark.parametrize(
    ("labels", "datatype"), [((False, True), "BOOL"), ((3, 7), "INT64"), (("no", "yes"), "BYTES")]
)
def test_labels_keep_their_kind_in_json(client, labels, datatype):
    spec = signature("classification", "old", labels, AGE, EARNED)
    people = other_models.people()
    old = [labels[age > 50] for age in people["age"]]
    model = make_pipeline(StandardScaler(), LinearSVC()).fit(people[["age", "income"]], old)
    other_models.live("ages", spec, model, frame=people.assign(old=old))
    rows = [{"age": 20, "income": 0.5}, {"age": 79, "income": 0.5}]
    reply = client.post("/api/models/ages/predict", rows, content_type="application/json").json()
    assert reply["predictions"] == list(labels)
    assert [type(label) for label in reply["predictions"]] == [type(label) for label in labels]
    assert client.get("/v2/models/ages").json()["outputs"][0]["datatype"] == datatype
