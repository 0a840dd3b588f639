"""`predict()` for code of the same process: the answers, the log and the refusals of the API."""

import json
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest
from django.utils.functional import lazystr

from predictions.in_process import InvalidInput, NoFiniteAnswer, NoLiveVersion, TooManyRows, predict
from predictions.log import request_counts, spool
from predictions.log.ingester import Ingester
from predictions.models import Prediction
from predictions.models.promotion import live_promotion
from predictions.registry import artefacts
from predictions.registry.promotion import Approval, promote, roll_back
from predictions.serving import answering, serving

FLOWER = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
OTHER = {"sepallength": 6.5, "sepalwidth": 3.0, "petallength": 5.8, "petalwidth": 2.2}


@pytest.fixture
def counted(monkeypatch):
    """What this process counts of requests."""
    counts = request_counts.Counts(are_written=True)
    monkeypatch.setattr(request_counts, "counts", counts)
    return lambda: [(line.who, line.answered, line.refused, line.failed) for line in counts._lines.values()]


@pytest.fixture(autouse=True)
def _empty_shelf(monkeypatch):
    monkeypatch.setattr(answering, "shelf", answering.Shelf())


@pytest.fixture(params=["by the follower", "by the ledger"])
def anyhow(request, live):
    """A live version in a web worker, and in a process that follows nothing."""
    if request.param == "by the ledger":
        serving.swap(serving.Snapshot())
    return live


def test_it_answers_as_the_version_does(anyhow):
    one, two = predict("iris", [FLOWER, OTHER])
    version = answering.find("iris", "1.0")
    rows = [tuple(FLOWER.values()), tuple(OTHER.values())]
    answers = version.predict(rows)
    assert [one.prediction, two.prediction] == answers.outputs
    for place, predicted in enumerate((one, two)):
        assert list(predicted.probabilities) == ["0", "1", "2"]
        assert list(predicted.probabilities.values()) == pytest.approx(answers.probabilities[place], abs=1e-6)
        assert predicted.version == "1.0"
    assert UUID(one.prediction_id).version == 7
    assert one.prediction_id != two.prediction_id


def test_it_is_logged_under_the_name_that_is_given(anyhow, config):
    before = spool.state().appended
    [predicted] = predict("iris", [FLOWER], who="ann@example.com")
    assert spool.state().appended == before + 1
    Ingester(config.SPOOL_DIR).step()
    row = Prediction.objects.get(pk=predicted.prediction_id)
    assert (row.who, row.inputs, row.output) == ("ann@example.com", FLOWER, predicted.prediction)


def test_values_of_other_libraries_are_numbers_too(anyhow):
    given = {"sepallength": Decimal("5.1"), "sepalwidth": np.float64(3.5), "petallength": np.float32(1.5),
             "petalwidth": np.int64(1)}  # fmt: skip
    plain = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.5, "petalwidth": 1}
    assert predict("iris", [given])[0].probabilities == predict("iris", [plain])[0].probabilities


def test_what_does_not_fit_is_named_by_row_and_field(anyhow):
    with pytest.raises(InvalidInput) as refused:
        predict("iris", [FLOWER, OTHER | {"petalwidth": lazystr("wide"), "colour": "red"}])
    assert {(error.row, error.field) for error in refused.value.errors} == {(1, "petalwidth"), (1, "colour")}


def test_one_row_without_a_list_is_a_mistake_of_the_caller(anyhow):
    with pytest.raises(TypeError, match="list"):
        predict("iris", FLOWER)


def test_too_many_rows_are_refused(anyhow, config):
    config.MAX_ROWS = 1
    with pytest.raises(TooManyRows):
        predict("iris", [FLOWER, OTHER])


def test_no_rows_have_no_answers(anyhow):
    assert predict("iris", []) == []


def test_an_iterator_of_rows_will_do(anyhow):
    assert len(predict("iris", (row for row in (FLOWER, OTHER)))) == 2


@pytest.mark.parametrize("name", ["iris", "unknown"])
def test_nothing_live_and_no_model_are_one_error(weak, name):
    with pytest.raises(NoLiveVersion):
        predict(name, [FLOWER])


def test_a_form_that_is_gone_is_no_live_version(live):
    serving.swap(serving.Snapshot())
    artefacts.remove(live.served_form)
    with pytest.raises(NoLiveVersion, match=r"1\.0"):
        predict("iris", [FLOWER])


def test_without_a_follower_a_flip_and_a_roll_back_are_seen_at_once(live, strong):
    serving.swap(serving.Snapshot())
    model, ann = live.registered_model, Approval(by="ann", reason="to see it")
    promote(version=strong, replacing=live_promotion(model), approval=ann)
    assert predict("iris", [FLOWER])[0].version == "1.1"
    roll_back(registered_model=model, replacing=live_promotion(model), approval=ann)
    assert predict("iris", [FLOWER])[0].version == "1.0"


def test_without_a_follower_it_costs_two_queries(live, django_assert_num_queries):
    serving.swap(serving.Snapshot())
    predict("iris", [FLOWER])
    with django_assert_num_queries(2):
        predict("iris", [FLOWER])


def test_in_a_web_worker_it_costs_none(live, django_assert_num_queries):
    with django_assert_num_queries(0):
        predict("iris", [FLOWER])


def test_each_call_is_counted_as_a_request(live, counted):
    predict("iris", [FLOWER, OTHER], who="ann")
    with pytest.raises(InvalidInput):
        predict("iris", [{}], who="ann")
    assert counted() == [("ann", 1, 1, 0)]


def test_an_answer_that_is_no_number_counts_as_a_failure(live, counted, monkeypatch):
    version = serving.current().models["iris"].version
    answers = version.predict([tuple(FLOWER.values())])
    answers.probabilities[0, 0] = np.nan
    monkeypatch.setattr(type(version), "predict", lambda self, rows: answers)
    with pytest.raises(NoFiniteAnswer):
        predict("iris", [FLOWER], who="ann")
    assert counted() == [("ann", 0, 0, 1)]


def test_redacted_values_stay_out_of_the_log(live, config):
    model = live.registered_model
    model.redacted_features = ["petalwidth"]
    model.save()
    serving.swap(serving.Snapshot())
    predict("iris", [FLOWER])
    Ingester(config.SPOOL_DIR).step()
    assert "petalwidth" not in json.dumps(Prediction.objects.get().inputs)
