"""A run, its question, its watch and its look speak of one registered model: the database sees to it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone

from predictions.models import Dataset
from predictions.models.promotion import live_promotion
from predictions.registry.promotion import roll_back
from predictions.tests.factories import APPROVAL, make_live, make_model, make_person, make_version
from predictions.tests.refusals import assert_no_way_in
from scheduling.models import ApprovalAnswer, ApprovalRequest, HoldOut, Look, Run, Watch
from scheduling.models.agreements import AGREEMENTS
from scheduling.tests.run_factory import make_run, make_running

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Two models, each with an evaluation set and two versions that were live; a run and a watch of wine."""
    models = [make_model(name) for name in ("wine", "roses")]
    flips = {}
    for model in models:
        Dataset.objects.create(registered_model=model, role="evaluation", file="f", sha256="s", rows=1)
        flips[model.name] = [make_live(make_version(model, f"{model.name}-{name}")) for name in "ab"]
    wine, roses = models
    return SimpleNamespace(
        wine=wine,
        roses=roses,
        flips=flips,
        run=make_running(wine, candidate=flips["wine"][1].version, evaluation_dataset=wine.datasets.get()),
        watch=Watch.objects.create(promotion=flips["wine"][1], **WATCH),
    )


WATCH = {"until": timezone.now(), "counted_until": timezone.now(), "limits": {}, "evidence": {}}
ENDED = {"status": "finished", "finished_at": timezone.now()}


def run_of(world, **columns):
    return Run(task="validate", registered_model=world.wine, trigger="manual", **columns)


def this_run(world, **columns):
    return Run.objects.filter(pk=world.run.pk), columns


def question(world, run=None, **columns):
    return ApprovalRequest(run=run or world.run, expires_at=timezone.now() + timedelta(days=1), **columns)


def answer(world, kind):
    """An answer to a question about a run that still waits."""
    Run.objects.filter(pk=world.run.pk).update(decision="awaiting_approval", **ENDED)
    asked = question(world)
    asked.save()
    user = None if kind == "lapsed" else make_person()
    return ApprovalAnswer(request=asked, kind=kind, by="ann", user=user, reason="Go.")


def look(world, **columns):
    facts = {"number": 1, "alpha": 0.1, "margin_factor": 1.0, "evaluation_dataset": world.wine.datasets.get()}
    facts |= {
        "first_set": world.wine.datasets.get(),
        "candidate": "1.0",
        "champion": "1.1",
        "metric": "brier",
    }
    return Look(**facts | columns)


def rolled_back(world, model):
    live = live_promotion(model)
    back = roll_back(registered_model=model, replacing=live, approval=APPROVAL)
    ended = {"status": "rolled_back", "closed_at": timezone.now(), "reason": "worse"}
    return Watch.objects.filter(pk=world.watch.pk), {"roll_back": back} | ended


BAD = [
    ("run_is_about_one_model", lambda w: {"row": run_of(w, candidate=w.flips["roses"][0].version)}),
    ("run_is_about_one_model", lambda w: {"row": run_of(w, champion=w.flips["roses"][0].version)}),
    ("run_is_about_one_model", lambda w: {"row": run_of(w, retry_of=make_run(w.roses))}),
    (
        "run_is_about_one_model",
        lambda w: {"change_of": this_run(w, evaluation_dataset=w.roses.datasets.get())},
    ),
    ("run_is_about_one_model", lambda w: {"change_of": this_run(w, candidate=w.flips["roses"][0].version)}),
    (
        "run_promotes_its_candidate",
        lambda w: {"change_of": this_run(w, promotion=w.flips["roses"][1], decision="promoted", **ENDED)},
    ),
    (
        "run_promotes_its_candidate",  # of the same model, and another version's
        lambda w: {"change_of": this_run(w, promotion=w.flips["wine"][0], decision="promoted", **ENDED)},
    ),
    ("run_stays_with_its_model", lambda w: {"change_of": _bare_run(w)}),
    ("approval_is_about_its_runs_model", lambda w: {"row": question(w, replacing=w.flips["roses"][1])}),
    ("approval_is_about_its_runs_model", lambda w: {"change_of": _asked(w)}),
    ("answer_says_what_became_of_its_run", lambda w: {"row": answer(w, "approved")}),
    ("answer_says_what_became_of_its_run", lambda w: {"row": answer(w, "lapsed")}),
    ("watch_rolls_back_its_promotion", lambda w: {"change_of": rolled_back(w, w.roses)}),
    (
        "watch_stays_with_its_promotion",
        lambda w: {"change_of": (Watch.objects.filter(pk=w.watch.pk), {"promotion": w.flips["wine"][0]})},
    ),
    (
        "look_is_at_its_runs_set",
        lambda w: {"row": look(w, run=w.run, evaluation_dataset=w.roses.datasets.get())},
    ),
    (
        "hold_out_is_of_one_model",
        lambda w: {
            "row": HoldOut(
                evaluation_dataset=w.wine.datasets.get(), first=w.roses.datasets.get(), fingerprint="f"
            )
        },
    ),
]


def _bare_run(world):
    """A run that has no links yet."""
    return Run.objects.filter(pk=make_run(world.wine).pk), {"registered_model": world.roses}


def _asked(world):
    row = question(world, replacing=world.flips["wine"][1])
    row.save()
    return ApprovalRequest.objects.filter(pk=row.pk), {"replacing": world.flips["roses"][1]}


@pytest.mark.parametrize(("name", "bad"), BAD, ids=[f"{i} {name}" for i, (name, _) in enumerate(BAD)])
def test_nothing_gets_in_that_contradicts_another_row(world, name, bad):
    assert_no_way_in(name, **bad(world))


def test_every_agreement_is_in_the_table_above():
    assert {agreement.name for agreement in AGREEMENTS} == {name for name, _ in BAD}


def test_what_agrees_gets_in(world):
    rows, columns = this_run(world, promotion=world.flips["wine"][1], decision="promoted", **ENDED)
    assert rows.update(**columns) == 1
    look(world, run=world.run).save()
    watch, columns = rolled_back(world, world.wine)
    assert watch.update(**columns) == 1


@pytest.mark.django_db(transaction=True)
def test_a_dump_can_be_loaded_into_an_empty_database(world, tmp_path):
    rows, columns = this_run(world, promotion=world.flips["wine"][1], decision="promoted", **ENDED)
    rows.update(**columns)
    make_run(world.wine, retry_of=world.run)
    look(world, run=world.run).save()
    question(world, replacing=world.flips["wine"][1]).save()
    path = str(tmp_path / "dump.json")
    call_command("dumpdata", "predictions", "scheduling", output=path)
    call_command("flush", interactive=False)
    assert not Run.objects.exists()
    call_command("loaddata", path, verbosity=0)
    assert Run.objects.get(pk=world.run.pk).promotion == world.flips["wine"][1]
    assert (Look.objects.count(), Run.objects.count()) == (1, 2)
