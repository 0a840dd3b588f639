"""A model without an ONNX form from registering to serving, and what is away when the host is."""

import pytest
from sklearn.semi_supervised import LabelPropagation

from predictions.contract.answers import Answers
from predictions.models import ModelVersion, RegisteredModel
from predictions.registry import loading
from predictions.registry.datasets import Tables
from predictions.registry.loading import HostAbsent, HostedSession
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.factories import make_live
from scheduling.model_host.own_host import own_host
from scheduling.tests.model_host.conftest import hosting

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


@pytest.fixture
def hosted(iris, no_onnx):
    """Registered by our own training, on the demo's data."""
    from scheduling.training.training import fit_and_register

    return fit_and_register(
        LabelPropagation(), name="lp", registered_model=iris, source="trained", created_by="a test",
        tables=Tables(),
    )  # fmt: skip


def test_it_is_registered_on_the_last_rung_which_says_why_not_the_others(hosted, no_onnx):
    assert hosted.rung == ModelVersion.Rung.HOST
    assert set(hosted.refused_rungs) == no_onnx
    assert hosted.served_form.endswith(".skops")
    assert hosted.parity["equal"]


def test_it_answers_its_golden_rows_in_a_host_of_ones_own(hosted, monkeypatch, config):
    monkeypatch.setenv("MEDIA_ROOT", str(config.MEDIA_ROOT))
    with own_host():
        loaded = loading.load(hosted)
        assert isinstance(loaded.session, HostedSession)
        rows = [tuple(row) for row in hosted.golden_rows["rows"]]
        answers = loaded.predict(rows)
    assert answers.outputs == hosted.golden_rows["outputs"]
    assert isinstance(answers, Answers)
    with pytest.raises(HostAbsent):
        loading.load(hosted)


def test_it_is_served_and_only_it_is_away_without_the_host(
    hosted, strong, socket_path, client, django_capture_on_commit_callbacks
):
    make_live(hosted)
    other = RegisteredModel.objects.create(name="other", title="Other", public=True)
    follower = Follower()
    with hosting(socket_path):
        follower.step()
        reply = client.post("/predict", ROW, content_type="application/json")
        assert (reply.status_code, reply.json()["model"]) == (200, "lp")
        many = client.post(f"/api/models/{hosted.registered_model}/predict", [ROW] * 3, "application/json")
        assert many.json()["predictions"] == [reply.json()["species"]] * 3
        assert client.get("/health/ready").json()["status"] == "ready"
    for path in ("/predict", f"/api/models/{hosted.registered_model}/predict"):
        assert client.post(path, ROW, content_type="application/json").status_code == 503
    reply = client.post(f"/api/models/{hosted.registered_model}/predict", ROW, "application/json")
    assert reply.json()["code"] == "model_host_away"
    follower.step()
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert hosted.registered_model.name in ready.json()["problems"]
    assert serving.current().models["other"].name == other.name
    with hosting(socket_path):
        follower.step()
        assert client.post("/predict", ROW, content_type="application/json").status_code == 200


def test_a_worker_that_starts_without_the_host_loads_it_when_the_host_comes(
    hosted, socket_path, client, monkeypatch
):
    monkeypatch.setattr("predictions.serving.follower.RETRY_SECONDS", 0.0)
    make_live(hosted)
    follower = Follower()
    follower.step()
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert client.post("/predict", ROW, content_type="application/json").status_code == 503
    with hosting(socket_path):
        follower.step()
        assert client.post("/predict", ROW, content_type="application/json").status_code == 200


def test_many_rows_are_asked_in_parts_so_that_a_slow_version_has_time_for_each(hosted, host, monkeypatch):
    """A request waits ten seconds; an evaluation set of a Gaussian process takes longer."""
    loaded, asked = loading.load(hosted), []
    answer = type(host).answer
    monkeypatch.setattr(type(host), "answer", lambda *of: asked.append(1) or answer(*of))
    evaluation = hosted.registered_model.datasets.get(role="evaluation")
    rows = Tables().of(evaluation).features(loaded.spec)
    expected = loaded.predict_frame(rows, at_once=len(rows))
    monkeypatch.setattr(loading, "AT_ONCE_HOSTED", len(rows) // 3)
    assert loaded.predict_frame(rows).outputs == expected.outputs
    assert len(asked) == 1 + -(-len(rows) // (len(rows) // 3))
