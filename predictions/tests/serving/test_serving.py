"""What a process serves: loaded with its proof, swapped whole, and finished by whoever began with it."""

import json
import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from predictions.contract.answers import Answers
from predictions.models import ModelVersion
from predictions.models.promotion import live_version
from predictions.registry import loading
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.factories import ledger, make_live, make_model, make_version

pytestmark = pytest.mark.django_db
ROW = {"sepallength": 5.9, "sepalwidth": 3.0, "petallength": 4.2, "petalwidth": 1.5}


def predict(client):
    return client.post("/predict", json.dumps(ROW), content_type="application/json")


def tamper(version, **columns):
    """Change the row behind the back of `save()`, and read it anew."""
    ModelVersion.objects.filter(pk=version.pk).update(**columns)
    return ModelVersion.objects.get(pk=version.pk)


def test_a_loaded_version_carries_all_that_a_request_needs(weak, django_assert_num_queries):
    loaded = loading.load(weak)
    assert (loaded.version_id, loaded.label, loaded.name) == (weak.pk, "1.0", "rf-12-base")
    assert loaded.filename == "rf-12-base.joblib"
    with django_assert_num_queries(0):
        answers = loaded.predict([loaded.spec.parse(json.dumps(ROW).encode())])
    assert answers.outputs[0] in (0, 1, 2)
    assert answers.probabilities.sum() == pytest.approx(1)


def test_many_rows_are_answered_as_one_by_one(strong):
    loaded = loading.load(strong)
    rows = [(5.1, 3.5, 1.4, 0.2), (5.9, 3.0, 4.2, 1.5), (6.5, 3.0, 5.8, 2.2)]
    assert loaded.predict(rows).outputs == [loaded.predict([row]).outputs[0] for row in rows] == [0, 1, 2]


def test_a_file_that_is_no_model_is_refused():
    version = make_version(make_model(), "a", served_form=b"no onnx")
    with pytest.raises(loading.VersionUnloadable, match=r"wine 1\.0 does not load"):
        loading.load(version)


def test_a_file_of_another_version_is_refused(weak, strong):
    swapped = tamper(weak, served_form=strong.served_form)
    with pytest.raises(loading.VersionUnloadable, match="sha256 differs"):
        loading.load(swapped)


def test_another_model_under_a_true_hash_does_not_pass_the_golden_rows(weak, strong):
    swapped = tamper(weak, served_form=strong.served_form, served_form_sha256=strong.served_form_sha256)
    with pytest.raises(loading.VersionUnloadable, match="golden"):
        loading.load(swapped)


def changed(golden, **parts):
    return {**golden, **parts}


@pytest.mark.parametrize(
    "change",
    [
        lambda golden: changed(golden, outputs=golden["outputs"][::-1]),
        lambda golden: changed(golden, outputs=golden["outputs"][:-1]),
        lambda golden: changed(golden, probabilities=[[1, 0, 0]] * len(golden["rows"])),
        lambda golden: changed(golden, rows=[row[:-1] for row in golden["rows"]]),
        lambda golden: changed(golden, rows=[["a", 1, 1, 1]] * len(golden["rows"])),
        lambda golden: changed(golden, rows=[]),
        lambda golden: {},
    ],
)
def test_golden_rows_that_were_changed_are_refused(weak, change):
    with pytest.raises(loading.VersionUnloadable, match="golden rows"):
        loading.load(tamper(weak, golden_rows=change(weak.golden_rows)))


@pytest.mark.parametrize("part", ["outputs", "probabilities"])
def test_golden_rows_without_answers_are_refused(weak, part):
    incomplete = {name: value for name, value in weak.golden_rows.items() if name != part}
    with pytest.raises(loading.VersionUnloadable):
        loading.load(tamper(weak, golden_rows=incomplete))


def test_a_session_has_no_threads_of_its_own(weak):
    options = loading.load(weak).session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)


def test_a_swap_changes_everything_at_once(weak):
    before = serving.current()
    serving.swap(serving.Snapshot(problems={"iris": "none"}))
    assert before.problems == {}
    assert serving.current().problems == {"iris": "none"}


@dataclass
class FlipsMeanwhile:
    """An inference session during whose first run another version goes live and is loaded."""

    session: object
    version: ModelVersion

    def run(self, *arguments):
        if live_version(self.version.registered_model) != self.version:
            make_live(self.version)
            Follower().step()
        return self.session.run(*arguments)


def test_a_request_in_flight_finishes_on_the_version_that_it_began_with(client, live, strong):
    snapshot = serving.current()
    slow = replace(snapshot.default.version, session=FlipsMeanwhile(snapshot.default.version.session, strong))
    serving.swap(replace(snapshot, default=replace(snapshot.default, version=slow)))
    in_flight = predict(client)
    assert serving.current().default.version.label == "1.1"
    assert (in_flight.json()["model"], in_flight["X-Model-Version"]) == ("rf-12-base", "1.0")
    assert in_flight.json()["species"] == loading.load(live).predict([tuple(ROW.values())]).outputs[0]
    after = predict(client)
    assert (after.json()["model"], after["X-Model-Version"]) == ("rf-24-run1", "1.1")
    assert [row[2] for row in ledger()] == ["rf-12-base", "rf-24-run1"]


def test_shares_are_by_label_rounded_and_no_more_than_one():
    probabilities = np.array([[1.0000001, 0.0], [0.98, 0.02], [np.nan, -1e-8]], dtype=np.float32)
    shares = Answers([0, 0, 1], probabilities).shares
    assert shares[0][:2] == [1.0, 0.98]
    assert math.isnan(shares[0][2])
    assert shares[1] == [0.0, 0.02, 0.0]
    assert Answers([1.5]).shares == []
