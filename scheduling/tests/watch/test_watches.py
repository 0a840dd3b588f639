"""The watch after a flip: each way to its end, and what the ledger says afterwards."""

from datetime import timedelta

import pytest

from predictions.models import Dataset, Promotion
from predictions.models.live import live_promotion, live_version
from scheduling.models import Run, Watch
from scheduling.runs.recording import RunFenced
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live, make_twin
from scheduling.tests.watch_factory import BLOCK, TWO, log_block, look, tell, watched
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


def after(promotion, blocks, rows, *, callers=("",), **columns):
    """Log so many blocks, and one row more, by which the ingester shows that it is not behind."""
    for i in range(blocks):
        for who in callers:
            log_block(promotion.version, promotion.at + i * BLOCK, rows, who=who, **columns)
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
    assert watch.evidence["latency"]["sizes"]["1"]["limit_us"] == pytest.approx(1.25 * 400, rel=0.09)


def test_a_quiet_hour_passes_and_says_what_was_seen(iris, flip, rows):
    moment = after(flip, 12, rows[0])
    assert look(iris, moment) == [f"watch of {flip}: passed."]
    watch = Watch.objects.get()
    assert (watch.status, live_promotion(iris)) == (Watch.Status.PASSED, flip)
    assert "errors: 540 requests; latency: 12 blocks; prediction mix: " in watch.reason
    assert "different requests; labels: 0 labels" in watch.reason
    assert 30 < watch.evidence["mix"]["voices"]["no token"] <= 45  # in each block the same rows, each once
    assert look(iris, moment + MINUTE) == []


def test_slow_answers_of_a_version_that_is_not_slow_are_told_and_not_acted_on(iris, flip, rows, monkeypatch):
    asked = []
    monkeypatch.setattr(watches, "slower_rounds", lambda new, old, **limits: asked.append(limits) or (2, 30))
    look(iris, after(flip, 11, rows[0], callers=["", *TWO], latency_us=4000))
    watch = Watch.objects.get()
    assert (watch.status, live_promotion(iris)) == (Watch.Status.OPEN, flip)
    assert watch.evidence["told"].startswith("latency: in 11 of 11 blocks of 5 minutes the 95th percentile")
    assert "in 2 of 30 rounds" in watch.evidence["told"]
    assert asked == [{"rows": 1, "tolerance": 1.25}]


def test_without_a_suspicion_nothing_is_timed(iris, flip, rows, monkeypatch):
    monkeypatch.delattr(watches, "slower_rounds")
    look(iris, after(flip, 11, rows[0]))
    assert Watch.objects.get().evidence["latency"]["rounds"] == 0


@pytest.mark.usefixtures("is_slow")
def test_slow_answers_roll_back_and_hold(iris, live, flip, rows):
    watch = Watch.objects.get()
    moment = after(flip, 11, rows[0], latency_us=4000)
    [told] = look(iris, moment)
    newest = live_promotion(iris)
    assert (newest.kind, newest.version) == (Promotion.Kind.ROLL_BACK, live)
    assert (
        "latency: in 11 of 11 blocks of 5 minutes the 95th percentile of requests of 1 rows" in newest.reason
    )
    assert "in 30 of 30 rounds" in newest.reason
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
    look(iris, flip.at + 2 * BLOCK)  # wherever five minutes of UTC begin, the second block is not over
    assert Watch.objects.get().counted_until == flip.at + BLOCK


def of_label(rows, label):
    return [row for row, truth in zip(*rows, strict=True) if truth == label]


def others_like(rows, number=1):
    """As many different requests as rows, which are answered the same."""
    return [(row[0] + number * 1e-4, *row[1:]) for row in rows]


def log_different(promotion, blocks, rows, **columns):
    """Blocks in which no request is like one before."""
    for i in range(blocks):
        for place, who in enumerate(TWO):
            some = others_like(rows, 2 * i + place)
            log_block(promotion.version, promotion.at + i * BLOCK, some, who=who, **columns)
    return after(promotion, blocks, rows[:1], callers=[])


def test_another_mix_than_the_gate_saw_rolls_back(iris, live, flip, rows):
    """What `weak` answers 0 is 2 now, of which the gate saw nothing."""
    [told] = look(iris, log_different(flip, 6, of_label(rows, 0), moved_to=2))
    assert "prediction mix: " in told
    assert "are answered 2" in told
    assert live_version(iris) == live


def test_the_mix_that_the_gate_saw_does_not(iris, flip, rows):
    look(iris, log_different(flip, 6, rows[0]))
    watch = Watch.objects.get()
    mix = watch.evidence["mix"]
    assert (mix["seen"]["2"]["1"], mix["better"]["2"]) == (17, ["1"])
    assert (sum(mix["voices"].values()) > 200, watch.evidence["told"]) == (True, "")
    assert watch.status == Watch.Status.OPEN


def test_requests_on_which_the_versions_differ_as_the_gate_saw_do_not_however_many(iris, flip, rows):
    """`weak` never answers 1; the gate saw this on a third of the rows, and now all requests are such."""
    look(iris, log_different(flip, 11, of_label(rows, 1) * 2))
    watch = Watch.objects.get()
    assert (watch.status, watch.evidence["told"]) == (Watch.Status.OPEN, "")


def test_a_row_that_a_caller_repeats_is_one(iris, flip, rows):
    look(iris, after(flip, 6, of_label(rows, 0)[:1] * 40, callers=TWO, moved_to=2))
    watch = Watch.objects.get()
    assert (watch.status, sum(watch.evidence["mix"]["voices"].values())) == (Watch.Status.OPEN, 2)


@pytest.mark.parametrize("who", ["", "ann"])
def test_another_mix_of_one_caller_is_told_and_not_acted_on(iris, flip, rows, who):
    for i in range(8):
        some = others_like(of_label(rows, 0), i)
        log_block(flip.version, flip.at + i * BLOCK, some, who=who, moved_to=2)
    look(iris, after(flip, 8, rows[0][:1], callers=[]))
    watch = Watch.objects.get()
    assert (watch.status, live_promotion(iris)) == (Watch.Status.OPEN, flip)
    assert watch.evidence["told"].startswith("prediction mix: ")


def test_redacted_inputs_are_asked_of_nobody(iris, flip, rows):
    look(iris, after(flip, 2, of_label(rows, 0), callers=TWO, moved_to=2, without=("petalwidth",)))
    assert sum(Watch.objects.get().evidence["mix"]["voices"].values()) == 0


def test_worse_losses_on_true_labels_roll_back(iris, strong, weak_after_strong, rows):
    promotion = weak_after_strong
    moment = after(promotion, 6, rows[0])
    for i in range(6):
        logged = log_block(promotion.version, promotion.at + i * BLOCK + 2 * MINUTE, rows[0])
        tell(logged, rows[1], at=promotion.at + i * BLOCK + 3 * MINUTE)
    [told] = look(iris, moment)
    assert "labels: on 270 labelled requests the mean loss is +0." in told
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
    assert watch.evidence["labels"]["rows"] == len(rows[0])


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
    breach = watches._breach

    def flip_meanwhile(*args):
        make_live(twin)
        return breach(*args)

    monkeypatch.setattr(watches, "_breach", flip_meanwhile)
    [told] = look(iris, moment)
    watch = Watch.objects.get(promotion=flip)
    assert (watch.status, live_version(iris)) == (Watch.Status.OVERTAKEN, twin)
    assert "no longer" in told
    iris.refresh_from_db()
    assert not iris.is_held


@pytest.mark.usefixtures("is_slow")
def test_a_held_model_is_left_to_the_person(iris, flip, rows):
    iris.hold(by="ann", reason="mine")
    look(iris, after(flip, 11, rows[0], latency_us=4000))
    watch = Watch.objects.get()
    assert (watch.status, live_promotion(iris)) == (Watch.Status.HELD, flip)
    assert "ann holds the model" in watch.reason


@pytest.mark.usefixtures("is_slow")
def test_another_look_that_was_first_wins(iris, flip, rows, monkeypatch):
    moment = after(flip, 11, rows[0], latency_us=4000)
    breach = watches._breach

    def look_meanwhile(*args):
        Watch.objects.update(counted_until=flip.at + BLOCK)
        return breach(*args)

    monkeypatch.setattr(watches, "_breach", look_meanwhile)
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
