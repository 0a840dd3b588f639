"""Two people answer one run at once, or a flip comes in between: exactly one promotion, or none."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection

from predictions.models import Promotion
from predictions.models.promotion import live_promotion, live_version
from predictions.registry.promotion import LiveVersionChanged, promote
from predictions.tests.factories import APPROVAL, make_live, make_model, make_person, make_version
from scheduling.approvals import approvals
from scheduling.approvals.approvals import (
    ApprovalLapsed,
    NotAwaitingApproval,
    approve,
    lapse_outdated,
    refuse,
)
from scheduling.models import ApprovalAnswer, Run
from scheduling.tests.run_factory import make_awaiting

ROUNDS = 15
LOST = (ApprovalLapsed, NotAwaitingApproval, LiveVersionChanged)


def at_once(*acts):
    """Start them at the same moment; return what each came to: a value or how it lost."""
    start = threading.Barrier(len(acts))

    def attempt(act):
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            return act()
        except LOST as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(attempt, acts))


@pytest.fixture
def wine(transactional_db):
    """A model with a version live."""
    model = make_model()
    make_live(make_version(model, "first"))
    return model


def test_of_two_who_approve_at_once_one_flips(wine):
    people = [make_person(name) for name in ("ann", "bob")]
    for i in range(ROUNDS):
        before = Promotion.objects.count()
        run = make_awaiting(wine, make_version(wine, f"v{i}"))
        came_to = at_once(*(partial(approve, run, user=who, reason="Go.") for who in people))
        assert [type(result) for result in came_to].count(Promotion) == 1
        assert [type(result) for result in came_to].count(NotAwaitingApproval) == 1
        run.refresh_from_db()
        assert (Promotion.objects.count(), run.decision) == (before + 1, "promoted")
        assert run.promotion == live_promotion(wine)
        assert ApprovalAnswer.objects.get(request__run=run).by == run.promotion.by


def test_of_one_who_approves_and_one_who_refuses_at_once_one_is_told_no(wine):
    ann, bob = make_person("ann"), make_person("bob")
    for i in range(ROUNDS):
        before = Promotion.objects.count()
        run = make_awaiting(wine, make_version(wine, f"v{i}"))
        came_to = at_once(
            partial(approve, run, user=ann, reason="Go."), partial(refuse, run, user=bob, reason="No.")
        )
        assert [type(result) for result in came_to].count(NotAwaitingApproval) == 1
        run.refresh_from_db()
        kind = ApprovalAnswer.objects.get(request__run=run).kind
        assert (run.decision, kind) in (("promoted", "approved"), ("refused", "refused"))
        assert Promotion.objects.count() == before + (kind == "approved")


def test_two_runs_approved_at_once_are_one_flip_and_one_that_lapsed(wine):
    ann, bob = make_person("ann"), make_person("bob")
    for i in range(ROUNDS):
        before = Promotion.objects.count()
        runs = [make_awaiting(wine, make_version(wine, f"v{i}{end}")) for end in "ab"]
        at_once(
            *(partial(approve, r, user=who, reason="Go.") for r, who in zip(runs, (ann, bob), strict=True))
        )
        decisions = sorted(Run.objects.filter(pk__in=[r.pk for r in runs]).values_list("decision", flat=True))
        assert (decisions, Promotion.objects.count()) == (["lapsed", "promoted"], before + 1)


def test_an_approval_and_a_flip_by_hand_at_once_are_one_flip(wine):
    ann = make_person("ann")
    for i in range(ROUNDS):
        live, before = live_promotion(wine), Promotion.objects.count()
        run = make_awaiting(wine, make_version(wine, f"v{i}"))
        by_hand = partial(promote, version=make_version(wine, f"w{i}"), replacing=live, approval=APPROVAL)
        came_to = at_once(
            partial(approve, run, user=ann, reason="Go."), by_hand, partial(lapse_outdated, wine)
        )
        assert [type(result) for result in came_to].count(Promotion) == 1
        lapse_outdated(wine)
        run.refresh_from_db()
        assert Promotion.objects.count() == before + 1
        assert run.decision == ("promoted" if run.promotion else "lapsed")


@pytest.mark.django_db
def test_a_run_settled_underneath_takes_the_promotion_with_it(iris, live, strong, monkeypatch):
    """As no code does it: the row changes although it is locked."""
    run = make_awaiting(iris, strong)

    def promote_late(**asked):
        Run.objects.filter(pk=run.pk).update(decision="refused")
        return promote(**asked)

    monkeypatch.setattr(approvals, "promote", promote_late)
    with pytest.raises(NotAwaitingApproval):
        approve(run, user=make_person("ann"), reason="Go.")
    assert (live_version(iris), Promotion.objects.count(), ApprovalAnswer.objects.count()) == (live, 1, 0)
