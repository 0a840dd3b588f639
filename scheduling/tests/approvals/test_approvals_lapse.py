"""A request lapses when what the run compared has changed: nothing is promoted, and the run says why."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from conftest import FIXTURES
from predictions.models import Dataset, Promotion
from predictions.models.promotion import live_promotion, live_version
from predictions.registry import datasets
from predictions.registry.promotion import LiveVersionChanged, roll_back
from predictions.tests.factories import APPROVAL, make_person
from scheduling.approvals import approvals
from scheduling.approvals.approvals import (
    MOST_WAITING,
    ApprovalLapsed,
    approve,
    lapse_outdated,
    refuse,
    still_open,
)
from scheduling.models import ApprovalAnswer
from scheduling.tests.run_factory import make_awaiting
from scheduling.tests.version_factory import make_live, make_twin


@pytest.fixture
def ann(db):
    return make_person("ann")


@pytest.fixture
def waiting(iris, live, strong):
    return make_awaiting(iris, strong)


def assert_lapsed(run, why):
    run.refresh_from_db()
    answer = ApprovalAnswer.objects.get(request__run=run)
    assert (run.decision, run.promotion, answer.kind, answer.user) == ("lapsed", None, "lapsed", None)
    assert why in answer.reason
    assert run.reason == "Better than the champion."


def new_evaluation_set(model):
    content = (FIXTURES / "evaluation.csv").read_bytes()
    lines = content.splitlines(keepends=True)
    datasets.register(registered_model=model, role="evaluation", content=b"".join(lines[:-1]))


def test_it_lapses_when_the_champion_changed(iris, waiting, forests, ann):
    make_live(make_twin(iris, forests, of="weak"))
    with pytest.raises(ApprovalLapsed, match=str(live_version(iris))):
        approve(waiting, user=ann, reason="Go.")
    assert_lapsed(waiting, str(live_version(iris)))
    assert Promotion.objects.count() == 2


def test_it_lapses_when_the_same_champion_is_back_after_another(iris, live, waiting, forests, ann):
    make_live(make_twin(iris, forests, of="weak"))
    roll_back(registered_model=iris, replacing=live_promotion(iris), approval=APPROVAL)
    assert live_version(iris) == live
    with pytest.raises(ApprovalLapsed):
        approve(waiting, user=ann, reason="Go.")
    assert_lapsed(waiting, str(live))


def test_it_lapses_when_the_candidate_went_live_meanwhile(iris, strong, waiting, ann):
    make_live(strong)
    with pytest.raises(ApprovalLapsed):
        approve(waiting, user=ann, reason="Go.")
    assert_lapsed(waiting, str(strong))


def test_it_lapses_when_the_evaluation_data_changed(iris, live, waiting, ann):
    new_evaluation_set(iris)
    newest = iris.datasets.filter(role="evaluation").latest("pk")
    with pytest.raises(ApprovalLapsed, match=f"dataset {waiting.evaluation_dataset_id} to {newest.pk}"):
        approve(waiting, user=ann, reason="Go.")
    assert_lapsed(waiting, f"dataset {waiting.evaluation_dataset_id} to {newest.pk}")
    assert live_version(iris) == live


def test_it_lapses_after_the_days_of_the_setting(iris, live, strong, ann, config):
    config.APPROVAL_DAYS = 2
    waiting = make_awaiting(iris, strong)
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=1, hours=23)):
        assert lapse_outdated(iris) == 0
    until = f"{waiting.approval_request.expires_at:%Y-%m-%d %H:%M} UTC"
    with (
        time_machine.travel(now + timedelta(days=2, minutes=1)),
        pytest.raises(ApprovalLapsed, match=until),
    ):
        approve(waiting, user=ann, reason="Sorry, I was away.")
    assert_lapsed(waiting, until)
    assert live_version(iris) == live


def test_it_lapses_when_the_candidates_files_are_gone(iris, live, strong, waiting, ann):
    type(strong).objects.filter(pk=strong.pk).update(retired_at=timezone.now())
    with pytest.raises(ApprovalLapsed, match=strong.label):
        approve(waiting, user=ann, reason="Go.")
    assert_lapsed(waiting, strong.label)


def test_it_lapses_when_the_ledger_refuses_at_the_last_instant(iris, live, waiting, ann, monkeypatch):
    def lose(**asked):
        raise LiveVersionChanged("Somebody was first.")

    monkeypatch.setattr(approvals, "promote", lose)
    with pytest.raises(ApprovalLapsed, match="Somebody was first"):
        approve(waiting, user=ann, reason="Go.")
    assert_lapsed(waiting, "Somebody was first")
    assert live_version(iris) == live


def test_one_that_is_outdated_can_still_be_refused(iris, waiting, ann):
    new_evaluation_set(iris)
    refuse(waiting, user=ann, reason="No, anyway.")
    waiting.refresh_from_db()
    assert waiting.decision == "refused"


def test_approving_one_lapses_the_others_of_the_model(iris, strong, waiting, forests, ann):
    other = make_awaiting(iris, make_twin(iris, forests))
    approve(waiting, user=ann, reason="This one.")
    assert still_open() == []
    assert lapse_outdated(iris) == 1
    assert_lapsed(other, str(strong))


def test_a_newer_run_does_not_take_the_question_from_its_reader(iris, strong, waiting, ann):
    """The evidence of the older is as true as before; a quick schedule would leave nobody time to read."""
    newer = [make_awaiting(iris, strong) for _ in range(MOST_WAITING - 1)]
    assert lapse_outdated(iris) == 0
    assert still_open() == [*reversed(newer), waiting]
    make_awaiting(iris, strong)
    assert lapse_outdated(iris) == 1
    assert_lapsed(waiting, f"{MOST_WAITING} newer runs of iris")


def test_models_do_not_lapse_each_other(iris, waiting):
    from predictions.tests.factories import make_model, make_version

    wine = make_model()
    other = make_awaiting(wine, make_version(wine, "a"))
    make_live(make_version(wine, "b"))
    assert lapse_outdated(wine) == 1
    assert_lapsed(other, str(live_version(wine)))
    assert still_open() == [waiting]


def test_the_snapshot_of_a_later_run_outdates_no_question(iris, live, strong):
    sent = iris.datasets.get(role="evaluation")
    columns = {"registered_model": iris, "role": "evaluation", "rows": 1, "source": "query"}
    Dataset.objects.create(**columns, file="a.parquet", sha256="a" * 64)
    waiting = make_awaiting(iris, strong)
    assert waiting.evaluation_dataset != sent
    assert still_open() == [waiting]
    Dataset.objects.create(**columns, file="b.parquet", sha256="b" * 64)
    assert lapse_outdated(iris) == 0
    assert still_open() == [waiting]
