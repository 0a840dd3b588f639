"""A model with scikit-learn's default OneHotEncoder takes what it was fitted on, and nothing else."""

import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from predictions.models import ModelVersion, Signature
from predictions.serving.follower import Follower
from scheduling.engine import one_run
from scheduling.models import Run
from scheduling.registering import waiting
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.tests.registering.sent import (
    as_csv,
    do_next,
    fields_of,
    kinds,
    make_form,
    make_person,
    make_rows,
    post,
)

pytestmark = pytest.mark.django_db
TOWNS = [f"town {place}" for place in range(15)]  # in eight rows each: too few for a list by themselves


def with_towns(count, *, seed=0, towns=TOWNS):
    rows = make_rows(count, seed=seed)
    return rows.assign(town=np.resize(towns, count))


TRAINING, EVALUATION = with_towns(120), with_towns(80, seed=1)


def make_model(rows=TRAINING, **how):
    columns = make_column_transformer((OneHotEncoder(**how), ["town"]), remainder="passthrough")
    model = make_pipeline(columns, LogisticRegression(max_iter=1000))
    return as_skops(model.fit(rows.drop(columns="churned"), rows["churned"]))


FEWER = make_model(TRAINING[TRAINING["town"] != "town 3"])


def form_of(**changes):
    form = {"training": as_csv(TRAINING), "evaluation": as_csv(EVALUATION), "trained_on": "training"}
    return make_form(**form | changes)


@pytest.fixture
def ann(db, monkeypatch):
    monkeypatch.setattr(waiting, "pause", lambda seconds, event: Run.objects.queued().exists() and do_next())
    return make_person("ann", "register", "upload", "data")


def town():
    return Signature.objects.get().features.get(name="town")


def test_an_unknown_category_is_a_400_that_names_the_field(client, ann, api, rehearsed):
    reply = post(client, "/api/models", form_of(model=make_model()), headers=ann, wait=60)
    assert (reply.status_code, reply.json()["decision"]) == (201, "promoted")
    assert (town().kind, sorted(town().categories)) == ("category", sorted(TOWNS))
    assert sum("town:" in note for note in reply.json()["notes"]) == 1
    Follower().step()
    row = {"age": 40, "price": 50, "town": "town 3"}
    known, unknown = (
        client.post("/api/models/churn/predict", row | more, content_type="application/json", headers=ann)
        for more in ({}, {"town": "elsewhere"})
    )
    assert (known.status_code, unknown.status_code, fields_of(unknown)) == (200, 400, ["town"])


@pytest.mark.parametrize(
    "changes",
    [
        {"model": FEWER, "evaluation": as_csv(with_towns(80, towns=TOWNS[4:]))},
        {"model": FEWER},
        {"model": make_model(), "kinds": kinds(town="text")},
    ],
    ids=["more in training", "more in evaluation", "said to be text"],
)  # fmt: skip
def test_what_cannot_be_closed_is_one_sentence_with_the_remedy(client, ann, changes):
    reply = post(client, "/api/models", form_of(**changes), headers=ann, wait=60)
    assert (reply.status_code, fields_of(reply)) == (400, ["model"])
    message = reply.json()["errors"][0]["message"]
    assert ("“town”" in message, "handle_unknown='ignore'" in message, "town 3" in message) == (
        True,
        True,
        False,
    )
    assert not Signature.objects.exists()


def test_the_first_upload_closes_the_columns_of_data_that_were_there(client, ann, api, rehearsed):
    """As by clicking: the data first, the fitted model later."""
    assert post(client, "/api/models", form_of(trained_on=None), headers=ann, wait=60).status_code == 201
    assert town().kind == "text"
    form = {"file": make_model(), "trained_on": "training"}
    reply = post(client, "/api/models/churn/versions", form, headers=ann, wait=60)
    assert (reply.status_code, reply.json()["decision"]) == (201, "promoted")
    assert (town().kind, len(town().categories)) == ("category", 15)
    form = {"file": FEWER, "trained_on": "training"}
    reply = post(client, "/api/models/churn/versions", form, headers=ann, wait=60)
    assert (reply.status_code, fields_of(reply), ModelVersion.objects.count()) == (400, ["file"], 1)


def test_a_column_that_was_said_to_be_text_stays_open_for_uploads(client, ann):
    form = form_of(trained_on=None, kinds=kinds(town="text"))
    assert post(client, "/api/models", form, headers=ann, wait=60).status_code == 201
    form = {"file": make_model(), "trained_on": "training"}
    reply = post(client, "/api/models/churn/versions", form, headers=ann, wait=60)
    assert (reply.status_code, fields_of(reply), town().kind) == (400, ["file"], "text")


def test_the_command_does_the_same(api, rehearsed, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(one_run, "do", lambda run, tell: do_next())
    files = {"model": make_model(), "training": as_csv(TRAINING), "evaluation": as_csv(EVALUATION)}
    options = ["--label", "churned", "--trained-on", "training", "--json"]
    for name, content in files.items():
        path = tmp_path / f"{name}.{'skops' if name == 'model' else 'csv'}"
        path.write_bytes(content)
        options += [f"--{name}", str(path)]
    with pytest.raises(CommandError, match="“town”"):
        call_command("register_model", "churn", *options, "--kinds", "town=text")
    call_command("register_model", "churn", *options)
    told = json.loads(capsys.readouterr().out)
    features = {one["name"]: one["kind"] for one in told["signature"]["features"]}
    assert (told["decision"], features["town"]) == ("promoted", "category")
