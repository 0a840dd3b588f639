"""The watch after a flip: each way to its end, and what the ledger says afterwards."""

import re
from datetime import timedelta

import pytest

from predictions.models import Promotion
from predictions.models.promotion import live_promotion, live_version
from scheduling.models import Run, Watch
from scheduling.runs.transitions import RunFenced
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live, make_twin
from scheduling.tests.watch_factory import BLOCK, TWO, after, log_block, look, tell, watched
from scheduling.watch import watches
from scheduling.watch.blocks import newest_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def flip(watched_flip):
    return watched_flip


@pytest.fixture
def rows(evaluation):
    return evaluation


def test_without_a_bake_time_nothing_is_watched(iris, live, strong):
    watched(iris, minutes=0)
    make_live(strong)
    assert not Watch.objects.exists()


def test_a_first_version_and_a_roll_back_are_not_watched(iris, live, strong):
    watched(iris)
    assert not Watch.objects.exists()
    promotion = make_live(strong)
    back = watches.roll_back(
        registered_model=iris, replacing=promotion, approval=watches.Approval(by="ann", reason="no")
    )
    assert Watch.objects.get().promotion == promotion
    [told] = look(iris, back.at + MINUTE)
    assert str(back) in told
    assert not Watch.objects.open().exists()


def test_a_flip_is_watched_once_with_the_limits_of_the_moment(iris, flip):
    watched(iris, minutes=30, watch_alpha=0.01)
    look(iris, flip.at + 2 * MINUTE)
    watch = Watch.objects.get()
    assert (watch.promotion, watch.until) == (flip, flip.at + timedelta(hours=1))
    assert watch.limits["alpha"] == 0.05
    assert watch.evidence["latency"]["sizes"]["1"]["limit_us"] == pytest.approx(1.25 * 400, rel=0.09)


def test_a_quiet_hour_passes_and_says_what_was_seen(iris, flip, rows):
    moment = after(flip, 12, rows[0])
    [told] = look(iris, moment)
    watch = Watch.objects.get()
    assert (watch.status, live_promotion(iris)) == (Watch.Status.PASSED, flip)
    assert watch.reason in told
    asked = sum(watch.evidence["mix"]["voices"].values())
    assert [int(n) for n in re.findall(r"(?<=[ :])\d+(?= )", watch.reason)][-5:] == [540, 12, 5, asked, 0]
    assert 30 < watch.evidence["mix"]["voices"]["no token"] <= 45  # in each block the same rows, each once
    assert look(iris, moment + MINUTE) == []


def test_slow_answers_of_a_version_that_is_not_slow_are_told_and_not_acted_on(iris, flip, rows, monkeypatch):
    asked = []
    monkeypatch.setattr(watches, "slower_rounds", lambda new, old, **limits: asked.append(limits) or (2, 30))
    look(iris, after(flip, 11, rows[0], callers=["", *TWO], latency_us=4000))
    watch = Watch.objects.get()
    assert (watch.status, live_promotion(iris)) == (Watch.Status.OPEN, flip)
    assert all(part in watch.evidence["told"] for part in ("11 of 11", "2 of 30", "latency: "))
    assert asked == [{"rows": 1, "tolerance": 1.25}]


def test_without_a_suspicion_nothing_is_timed(iris, flip, rows, monkeypatch):
    monkeypatch.delattr(watches, "slower_rounds")
    look(iris, after(flip, 11, rows[0]))
    assert Watch.objects.get().evidence["latency"]["rounds"] == 0


def test_an_hour_without_a_request_is_not_passed(iris, flip):
    look(iris, flip.at + timedelta(hours=1) + 2 * MINUTE)
    watch = Watch.objects.get()
    assert (watch.status, live_promotion(iris)) == (Watch.Status.UNSEEN, flip)
    assert watches.NO_REQUEST.partition("{")[0] in watch.reason
    assert list(Watch.objects.to_tell(watch.closed_at)) == [watch]


def test_what_is_dated_ahead_does_not_show_how_far_the_log_reaches(iris, flip, rows):
    """A clock was a year ahead once: the ingester may be behind, so nothing is counted yet."""
    log_block(flip.version, flip.at, rows[0])
    log_block(flip.version, flip.at + timedelta(days=365), rows[0])
    assert newest_of(flip.version, now=flip.at + 3 * BLOCK) < flip.at + 2 * BLOCK
    look(iris, flip.at + 3 * BLOCK)
    watch = Watch.objects.get()
    assert (watch.counted_until, watch.is_due(flip.at + 3 * BLOCK)) == (flip.at, False)


@pytest.mark.usefixtures("is_slow")
def test_slow_answers_roll_back_and_hold(iris, live, flip, rows):
    watch = Watch.objects.get()
    moment = after(flip, 11, rows[0], latency_us=4000)
    [told] = look(iris, moment)
    newest = live_promotion(iris)
    assert (newest.kind, newest.version) == (Promotion.Kind.ROLL_BACK, live)
    assert all(part in newest.reason for part in ("11 of 11", "30 of 30", "latency: ", "needed 80"))
    assert newest.by.startswith("watch in run ")
    assert newest.reason[1:] in told
    watch.refresh_from_db()
    assert (watch.status, watch.roll_back) == ("rolled_back", newest)
    assert watch.reason in told
    iris.refresh_from_db()
    assert iris.is_held
    assert newest.reason in iris.held_reason


def test_what_the_ingester_has_not_brought_in_waits(iris, flip, rows):
    log_block(flip.version, flip.at, rows[0])
    look(iris, flip.at + 3 * BLOCK)
    assert Watch.objects.get().counted_until == flip.at
    log_block(flip.version, flip.at + BLOCK + MINUTE, rows[0][:1])
    look(iris, flip.at + 2 * BLOCK)  # wherever five minutes of UTC begin, the second block is not over
    assert Watch.objects.get().counted_until == flip.at + BLOCK


def test_worse_losses_on_true_labels_roll_back(iris, strong, weak_after_strong, rows):
    promotion = weak_after_strong
    moment = after(promotion, 6, rows[0])
    for i in range(6):
        logged = log_block(promotion.version, promotion.at + i * BLOCK + 2 * MINUTE, rows[0])
        tell(logged, rows[1], at=promotion.at + i * BLOCK + 3 * MINUTE)
    [told] = look(iris, moment)
    assert all(part in told for part in ("labels: ", " 270 ", " +0."))
    assert live_version(iris) == strong


@pytest.fixture
def weak_after_strong(iris, live, strong):
    make_live(strong)
    watched(iris)
    promotion = make_live(live)
    look(iris, promotion.at + MINUTE)
    return promotion


def test_labels_of_callers_without_a_token_can_be_left_out(iris, weak_after_strong, rows):
    promotion = weak_after_strong
    watch = promotion.watch
    Watch.objects.update(limits=watch.limits | {"anonymous": "left_out"})
    for i, who in enumerate(["", "ann"]):
        logged = log_block(promotion.version, promotion.at + i * BLOCK, rows[0], who=who)
        tell(logged, rows[1], at=promotion.at + i * BLOCK + 3 * MINUTE)
    look(iris, after(promotion, 2, rows[0][:1], callers=[]))
    watch.refresh_from_db()
    assert watch.evidence["labels"]["bets"]["rows"] == len(rows[0])


def test_a_flip_overtakes_the_watch_before(iris, flip, strong, forests):
    make_live(make_twin(iris, forests))
    look(iris, flip.at + 2 * MINUTE)
    old = Watch.objects.get(promotion=flip)
    assert (old.status, old.closed_at is not None) == (Watch.Status.OVERTAKEN, True)
    assert Watch.objects.open(iris).get().promotion == live_promotion(iris)


@pytest.mark.usefixtures("is_slow")
def test_a_flip_while_it_looks_is_not_undone(iris, flip, rows, forests, monkeypatch):
    moment = after(flip, 11, rows[0], latency_us=4000)
    twin = make_twin(iris, forests)
    end_badly = watches._end_badly

    def flip_meanwhile(*args):
        make_live(twin)
        return end_badly(*args)

    monkeypatch.setattr(watches, "_end_badly", flip_meanwhile)
    [told] = look(iris, moment)
    watch = Watch.objects.get(promotion=flip)
    assert (watch.status, live_version(iris)) == (Watch.Status.OVERTAKEN, twin)
    assert "1.1" in told
    iris.refresh_from_db()
    assert not iris.is_held


@pytest.mark.usefixtures("is_slow")
def test_a_held_model_is_left_to_the_person(iris, flip, rows):
    iris.hold(by="ann", reason="mine")
    look(iris, after(flip, 11, rows[0], latency_us=4000))
    watch = Watch.objects.get()
    assert (watch.status, live_promotion(iris)) == (Watch.Status.HELD, flip)
    assert "ann" in watch.reason


@pytest.mark.usefixtures("is_slow")
def test_another_look_that_was_first_wins(iris, flip, rows, monkeypatch):
    moment = after(flip, 11, rows[0], latency_us=4000)
    end_badly = watches._end_badly

    def look_meanwhile(*args):
        Watch.objects.update(counted_until=flip.at + BLOCK)
        return end_badly(*args)

    monkeypatch.setattr(watches, "_end_badly", look_meanwhile)
    look(iris, moment)
    assert (Watch.objects.get().status, live_promotion(iris)) == (Watch.Status.OPEN, flip)
    iris.refresh_from_db()
    assert not iris.is_held


@pytest.mark.usefixtures("is_slow")
def test_a_cancelled_run_rolls_nothing_back(iris, flip, rows):
    moment = after(flip, 11, rows[0], latency_us=4000)
    run = make_running(iris, task="watch")
    Run.objects.cancel(run, reason="no")
    with pytest.raises(RunFenced):
        watches.look(Watch.objects.with_flip().get(), now=moment, run=run)
    assert (Watch.objects.get().status, live_promotion(iris)) == (Watch.Status.OPEN, flip)


def test_it_is_seen_from_outside(iris, flip, client, admin_client):
    watch = Watch.objects.get()
    [shown] = client.get("/api/watches").json()["results"]
    assert (shown["id"], shown["model"], shown["promotion"], shown["status"]) == (watch.pk, "iris", 2, "open")
    assert client.get(f"/api/watches/{watch.pk}").json() == shown
    assert "iris #2" in admin_client.get("/admin/scheduling/watch/").content.decode()
    assert admin_client.get(f"/admin/scheduling/watch/{watch.pk}/change/").status_code == 200
    assert admin_client.get("/admin/scheduling/watch/add/").status_code == 403
    iris.public = False
    iris.save()
    assert client.get("/api/watches").json()["results"] == []
