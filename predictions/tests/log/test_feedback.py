"""`POST /api/predictions/<id>/feedback` and `/api/feedback`: labels of logged predictions."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from uuid_utils import uuid7

from predictions.log import feedback
from predictions.models import Feedback, Prediction, Signature
from predictions.models.prediction import first_id_at
from predictions.tests.factories import make_model, make_person, make_version, token_of

pytestmark = pytest.mark.django_db
BULK = "/api/feedback"


def predicted(version, number=0):
    at = first_id_at(timezone.now() - timedelta(hours=1)).int
    return Prediction.objects.create(
        id=UUID(int=at + (7 << 76) + number), model_version=version,
        registered_model=version.registered_model, inputs={}, output=0, latency_us=1,
    )  # fmt: skip


@pytest.fixture
def version():
    return make_version(make_model(), "a")


@pytest.fixture
def prediction(version):
    return predicted(version)


@pytest.fixture
def tell(client):
    headers = token_of(make_person("ann", "add_feedback"))

    def post(path, body):
        return client.post(path, body, content_type="application/json", headers=headers)

    return post


def path_of(prediction_id):
    return f"/api/predictions/{prediction_id}/feedback"


def stored():
    return list(Feedback.objects.values_list("prediction_id", "label", "who"))


def test_it_needs_a_token_and_the_permission(client, prediction):
    for path, body in ((path_of(prediction.pk), {"label": 1}), (BULK, [])):
        assert client.post(path, body, content_type="application/json").status_code == 401
        headers = token_of(make_person(f"bob{len(path)}"))
        reply = client.post(path, body, content_type="application/json", headers=headers)
        assert reply.status_code == 403
    assert stored() == []


def test_a_label_is_stored_once_however_often_it_is_sent(tell, prediction):
    path = path_of(prediction.pk)
    assert tell(path, {"label": 1}).json() == {
        "prediction_id": str(prediction.pk), "label": 1, "stored": True,
    }  # fmt: skip
    again = tell(path, {"label": 1})
    assert (again.status_code, again.json()["stored"]) == (200, False)
    assert stored() == [(prediction.pk, 1, "ann")]


def test_another_label_is_refused_and_the_first_one_stays(tell, prediction):
    path = path_of(prediction.pk)
    tell(path, {"label": 1})
    reply = tell(path, {"label": 0})
    assert (reply.status_code, reply.json()["code"]) == (409, "feedback_differs")
    assert stored() == [(prediction.pk, 1, "ann")]


@pytest.mark.parametrize("label", [2, "1", True, None, 0.5, [1], {"a": 1}])
def test_what_is_no_label_of_the_signature_is_refused(tell, prediction, label):
    reply = tell(path_of(prediction.pk), {"label": label})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "label")
    assert stored() == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [({}, ["label"]), ({"label": 1, "why": 2}, ["why"]), ([], ["body"]), ("x", ["body"]), (None, ["label"])],
)
def test_a_body_that_is_wrong_is_named(tell, prediction, body, fields):
    reply = tell(path_of(prediction.pk), body)
    assert (reply.status_code, [e["field"] for e in reply.json()["errors"]]) == (400, fields)


@pytest.mark.parametrize(("value", "status"), [(3, 200), (2.5, 200), (10**400, 400), (True, 400), ("2", 400)])
def test_the_value_of_a_regression_is_a_finite_number(tell, version, value, status):
    model = make_model("price")
    Signature.objects.filter(registered_model=model).update(task="regression", labels=[])
    prediction = predicted(make_version(model, "b"))
    assert tell(path_of(prediction.pk), {"label": value}).status_code == status
    assert Feedback.objects.exists() is (status == 200)


def test_an_unknown_prediction_is_404_and_a_young_one_may_come_yet(tell, version):
    old = tell(path_of(UUID(int=7 << 76)), {"label": 1})
    assert (old.status_code, old.json()["code"]) == (404, "not_found")
    assert tell(path_of(UUID(int=2**128 - 1)), {"label": 1}).json()["code"] == "not_found"
    young = tell(path_of(uuid7()), {"label": 1})
    assert (young.status_code, young.json()["code"]) == (404, "prediction_not_logged_yet")
    assert young["Retry-After"] == "2"


def test_in_bulk_what_can_be_stored_is_and_the_rest_is_named(tell, version, monkeypatch):
    monkeypatch.setattr(feedback, "ROWS", 2)
    first, second, third, fourth = (predicted(version, number) for number in range(4))
    tell(path_of(first.pk), {"label": 1})
    items = [(fourth, 7), (third, 0), (first, 1), (second, 1), (second, 0), (first, 0)]
    body = [{"prediction_id": str(row.pk), "label": label} for row, label in items]
    body.append({"prediction_id": str(UUID(int=7 << 76)), "label": 1})
    reply = tell(BULK, body)
    assert reply.status_code == 200
    told = reply.json()
    assert (told["stored"], told["unchanged"]) == (2, 1)
    assert [(each["row"], each["field"], each["code"]) for each in told["refused"]] == [
        (0, "label", "invalid_input"), (4, "label", "feedback_differs"), (5, "label", "feedback_differs"),
        (6, "prediction_id", "not_found"),
    ]  # fmt: skip
    assert dict(Feedback.objects.values_list("pk", "label")) == {first.pk: 1, second.pk: 1, third.pk: 0}


def test_a_bulk_that_is_malformed_stores_nothing(tell, prediction):
    good = {"prediction_id": str(prediction.pk), "label": 1}
    bad = [
        {"label": 1},
        {"prediction_id": "x", "label": 1},
        {"prediction_id": 5, "label": 1},
        3,
        good | {"a": 1},
    ]
    reply = tell(BULK, [good, *bad])
    assert reply.status_code == 400
    assert [(e["row"], e["field"]) for e in reply.json()["errors"]] == [
        (1, "prediction_id"), (2, "prediction_id"), (3, "prediction_id"), (4, "body"), (5, "a"),
    ]  # fmt: skip
    assert stored() == []


def test_a_bulk_is_bounded(tell, config, prediction):
    config.MAX_ROWS = 2
    item = {"prediction_id": str(prediction.pk), "label": 1}
    assert tell(BULK, [item] * 3).json()["code"] == "too_many_rows"
    assert tell(BULK, [item] * 3).status_code == 413
    config.MAX_BATCH_BYTES = 50
    assert tell(BULK, [item]).status_code == 413
    assert tell(BULK, item).status_code == 413
    config.MAX_BATCH_BYTES = 5000
    assert tell(BULK, item).status_code == 400
    assert tell(BULK, None).status_code == 400
    assert stored() == []


def test_the_admin_shows_labels_and_lets_nobody_change_them(admin_client, tell, prediction):
    tell(path_of(prediction.pk), {"label": 1})
    page = admin_client.get("/admin/predictions/feedback/")
    assert str(prediction.pk) in page.content.decode()
    change = f"/admin/predictions/feedback/{prediction.pk}/change/"
    assert admin_client.get(change).status_code == 200
    assert admin_client.post(change, {"label": 0}).status_code == 403
    assert admin_client.get("/admin/predictions/feedback/add/").status_code == 403
