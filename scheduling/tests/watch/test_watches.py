"""The watch after a flip: each way to its end, and what the ledger says afterwards."""

from datetime import timedelta

import pytest

from predictions.models import Dataset, Promotion
from scheduling.models import Run, Watch
from scheduling.runs.recording import RunFenced
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live, make_twin
from scheduling.tests.watch_factory import BLOCK, log_block, look, tell, watched
from scheduling.watch import watches

MINUTE = timedelta(minutes=1)


@pytest.fixture
def rows(iris, strong):
    """The evaluation rows as requests, and their labels."""
    from predictions.registry.datasets import read_frame

    spec = strong.signature.spec()
    frame = read_frame(Dataset.objects.current(iris, Dataset.Role.EVALUATION), spec)
    return spec.rows_of(frame), frame[spec.output_name].tolist()


@pytest.fixture
def flip(iris, live, strong, rows):
    """`strong` replaced `weak`, which had answered for two hours; the flip is watched for one."""
    watched(iris)
    promotion = make_live(strong)
    for i in range(1, 25):
        log_block(live, promotion.at - i * BLOCK, rows[0])
    assert look(iris, promotion.at + MINUTE) == [f"watch of {promotion}: nothing worse so far."]
    return promotion


def after(promotion, blocks, rows, **columns):
    """Log so many blocks, and one row more, by which the ingester shows that it is not behind."""
    for i in range(blocks):
        log_block(promotion.version, promotion.at + i * BLOCK, rows, **columns)
    log_block(promotion.version, promotion.at + blocks * BLOCK + MINUTE, rows[:1])
    return promotion.at + blocks * BLOCK + 2 * MINUTE


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
    assert look(iris, back.at + MINUTE) == [f"watch of {promotion}: {back} came after it."]
    assert not Watch.objects.open().exists()


def test_a_flip_is_watched_once_with_the_limits_of_the_moment(iris, flip):
    watched(iris, minutes=30, watch_alpha=0.01)
    look(iris, flip.at + 2 * MINUTE)
    watch = Watch.objects.get()
    assert (watch.promotion, watch.until) == (flip, flip.at + timedelta(hours=1))
    assert watch.limits["alpha"] == 0.05
    assert watch.evidence["latency"]["limit_us"] == pytest.approx(1.25 * 441.8, rel=0.01)


def test_a_quiet_hour_passes_and_says_what_was_seen(iris, flip, rows):
    moment = after(flip, 12, rows[0])
    assert look(iris, moment) == [f"watch of {flip}: passed."]
    watch = Watch.objects.get()
    assert (watch.status, iris.live_promotion()) == (Watch.Status.PASSED, flip)
    assert "latency: 12 blocks; prediction mix: 540 requests; labels: 0 labels" in watch.reason
    assert look(iris, moment + MINUTE) == []


def test_slow_answers_roll_back_and_hold(iris, live, flip, rows):
    watch = Watch.objects.get()
    moment = after(flip, 11, rows[0], latency_us=4000)
    [told] = look(iris, moment)
    newest = iris.live_promotion()
    assert (newest.kind, newest.version) == (Promotion.Kind.ROLL_BACK, live)
    assert "latency: in 11 of 11 blocks of 5 minutes the 95th percentile was over 552 µs" in newest.reason
    assert "bound" in newest.reason
    assert newest.by.startswith("watch in run ")
    assert newest.reason in told
    watch.refresh_from_db()
    assert (watch.status, watch.roll_back, watch.reason) == ("rolled_back", newest, newest.reason)
    iris.refresh_from_db()
    assert iris.is_held
    assert newest.reason in iris.held_reason


def test_what_the_ingester_has_not_brought_in_waits(iris, flip, rows):
    log_block(flip.version, flip.at, rows[0])
    look(iris, flip.at + 3 * BLOCK)
    assert Watch.objects.get().counted_until == flip.at
    log_block(flip.version, flip.at + BLOCK + MINUTE, rows[0][:1])
    look(iris, flip.at + 3 * BLOCK)
    assert Watch.objects.get().counted_until == flip.at + BLOCK


def of_label(rows, label):
    return [row for row, truth in zip(*rows, strict=True) if truth == label]


def test_another_mix_than_the_gate_saw_rolls_back(iris, live, flip, rows):
    """`weak` never answers 1; the gate saw this on a third of the rows, and now all requests are such."""
    [told] = look(iris, after(flip, 2, of_label(rows, 1) * 3))
    assert "prediction mix: on " in told
    assert iris.live_version() == live


def test_the_mix_that_the_gate_saw_does_not(iris, flip, rows):
    look(iris, after(flip, 6, rows[0] * 3))
    watch = Watch.objects.get()
    assert watch.evidence["mix"]["gained"]["1"] > 100
    assert watch.status == Watch.Status.OPEN


def test_redacted_inputs_are_asked_of_nobody(iris, flip, rows):
    look(iris, after(flip, 2, of_label(rows, 1) * 3, without=("petalwidth",)))
    assert Watch.objects.get().evidence["mix"]["asked"] == 0


def test_worse_losses_on_true_labels_roll_back(iris, strong, weak_after_strong, rows):
    promotion = weak_after_strong
    moment = after(promotion, 6, rows[0])
    for i in range(6):
        logged = log_block(promotion.version, promotion.at + i * BLOCK + 2 * MINUTE, rows[0])
        tell(logged, rows[1], at=promotion.at + i * BLOCK + 3 * MINUTE)
    [told] = look(iris, moment)
    assert "labels: on 270 labelled requests the mean loss is +0." in told
    assert iris.live_version() == strong


@pytest.fixture
def weak_after_strong(iris, live, strong):
    make_live(strong)
    watched(iris)
    promotion = make_live(live)
    look(iris, promotion.at + MINUTE)
    return promotion


def test_a_flip_overtakes_the_watch_before(iris, flip, strong, forests):
    make_live(make_twin(iris, forests))
    look(iris, flip.at + 2 * MINUTE)
    old = Watch.objects.get(promotion=flip)
    assert (old.status, old.closed_at is not None) == (Watch.Status.OVERTAKEN, True)
    assert Watch.objects.open(iris).get().promotion == iris.live_promotion()


def test_a_flip_while_it_looks_is_not_undone(iris, flip, rows, forests, monkeypatch):
    moment = after(flip, 11, rows[0], latency_us=4000)
    twin = make_twin(iris, forests)
    breach = watches._breach

    def flip_meanwhile(*args):
        make_live(twin)
        return breach(*args)

    monkeypatch.setattr(watches, "_breach", flip_meanwhile)
    [told] = look(iris, moment)
    watch = Watch.objects.get(promotion=flip)
    assert (watch.status, iris.live_version()) == (Watch.Status.OVERTAKEN, twin)
    assert "no longer" in told
    iris.refresh_from_db()
    assert not iris.is_held


def test_a_held_model_is_left_to_the_person(iris, flip, rows):
    iris.hold(by="ann", reason="mine")
    look(iris, after(flip, 11, rows[0], latency_us=4000))
    watch = Watch.objects.get()
    assert (watch.status, iris.live_promotion()) == (Watch.Status.HELD, flip)
    assert "ann holds the model" in watch.reason


def test_another_look_that_was_first_wins(iris, flip, rows, monkeypatch):
    moment = after(flip, 11, rows[0], latency_us=4000)
    breach = watches._breach

    def look_meanwhile(*args):
        Watch.objects.update(counted_until=flip.at + BLOCK)
        return breach(*args)

    monkeypatch.setattr(watches, "_breach", look_meanwhile)
    look(iris, moment)
    assert (Watch.objects.get().status, iris.live_promotion()) == (Watch.Status.OPEN, flip)
    iris.refresh_from_db()
    assert not iris.is_held


def test_a_cancelled_run_rolls_nothing_back(iris, flip, rows):
    moment = after(flip, 11, rows[0], latency_us=4000)
    run = make_running(iris, task="watch")
    Run.objects.cancel(run, reason="no")
    with pytest.raises(RunFenced):
        watches.look(Watch.objects.with_flip().get(), now=moment, run=run)
    assert (Watch.objects.get().status, iris.live_promotion()) == (Watch.Status.OPEN, flip)


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
