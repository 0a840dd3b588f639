"""Real threads with connections of their own flip one model at once: exactly one of them wins."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import OperationalError, connection

from predictions.models import Promotion
from predictions.models.promotion import live_promotion, live_version
from predictions.registry.promotion import Approval, LiveVersionChanged, ModelHeld, promote, roll_back
from predictions.tests.factories import APPROVAL, make_live, make_model, make_version

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 25


def at_once(*flips):
    """Start the flips at the same moment; return what each came to: a promotion or an error."""
    start = threading.Barrier(len(flips))

    def attempt(flip):
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            return flip()
        except (LiveVersionChanged, ModelHeld) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(flips)) as pool:
        return list(pool.map(attempt, flips))


def assert_one_won(outcomes, *, losing=(LiveVersionChanged,)):
    won = [outcome for outcome in outcomes if isinstance(outcome, Promotion)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, losing)]
    assert (len(won), len(lost)) == (1, len(outcomes) - 1)
    return won[0]


def assert_ledger_is_whole(model):
    """Numbers without gap or twin, and each row replaces the version of the row before it."""
    rows = list(Promotion.objects.filter(registered_model=model).order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    assert [row.replaced_version_id for row in rows[1:]] == [row.version_id for row in rows[:-1]]
    assert live_version(model) == rows[-1].version


def test_of_two_promotions_of_one_state_exactly_one_wins_each_time():
    model = make_model()
    versions = [make_version(model, name) for name in "abc"]
    live = make_live(versions[0])
    for _ in range(ROUNDS):
        rivals = [version for version in versions if version.pk != live.version_id]

        flips = [partial(promote, version=v, replacing=live, approval=APPROVAL) for v in rivals]
        live = assert_one_won(at_once(*flips))
        assert live_promotion(model) == live
    assert Promotion.objects.count() == 1 + ROUNDS
    assert_ledger_is_whole(model)


def test_of_two_first_promotions_exactly_one_wins():
    for i in range(5):
        model = make_model(f"m{i}")
        versions = [make_version(model, f"{i}{name}") for name in "ab"]
        flips = [partial(promote, version=v, replacing=None, approval=APPROVAL) for v in versions]
        assert_one_won(at_once(*flips))
        assert_ledger_is_whole(model)


def test_a_person_who_rolls_back_and_a_gate_that_promotes_do_not_both_win():
    model = make_model()
    versions = [make_version(model, name) for name in "abc"]
    for version in versions[:2]:
        make_live(version)
    person = Approval(by="ann", reason="back")
    gate = Approval.by_gate(by="run", reason="better")
    for _ in range(10):
        model.lift_hold(by="ann", reason="again")
        live = live_promotion(model)
        candidate = next(v for v in versions if v.pk != live.version_id)
        back = partial(roll_back, registered_model=model, replacing=live, approval=person)
        flip = partial(promote, version=candidate, replacing=live, approval=gate)
        # The gate may see the hold before it sees the row.
        won = assert_one_won(at_once(back, flip), losing=(LiveVersionChanged, ModelHeld))
        model.refresh_from_db()
        assert model.is_held == (won.kind == Promotion.Kind.ROLL_BACK)
        if won.kind == Promotion.Kind.ROLL_BACK:  # so that there is something beneath next time
            make_live(next(v for v in versions if v != live_version(model)))
    assert_ledger_is_whole(model)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one process write at a time")
def test_a_promotion_about_to_be_written_keeps_no_roll_back_waiting():
    """Were each to wait for the other, the database would end one of them with a deadlock."""
    model = make_model()
    versions = [make_version(model, name) for name in "ab"]
    for version in versions:
        make_live(version)
    live = live_promotion(model)
    came_to = []

    def roll_back_first(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "predictions_promotion"') and not came_to:
            with ThreadPoolExecutor(1) as other:
                came_to.append(other.submit(impatient_roll_back, model, live).result())
        return execute(sql, params, many, context)

    gate = Approval.by_gate(by="run", reason="better")
    with connection.execute_wrapper(roll_back_first), pytest.raises(LiveVersionChanged):
        promote(version=versions[0], replacing=live, approval=gate)
    assert isinstance(came_to[0], Promotion)
    assert_ledger_is_whole(model)


def impatient_roll_back(model, live):
    """Roll back on a connection of its own that waits for nobody; return what it came to."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        return roll_back(registered_model=model, replacing=live, approval=APPROVAL)
    except OperationalError as error:
        return error
    finally:
        connection.close()
