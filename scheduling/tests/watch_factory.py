"""A flip, and what the log says before and after it."""

from datetime import timedelta
from uuid import UUID, uuid4

from predictions.log.request_lines import bin_of
from predictions.models import Feedback, Prediction, RequestCount
from predictions.models.prediction import first_id_at
from predictions.models.worker import block_of
from predictions.registry import loading
from scheduling.models import GatePolicy, Watch
from scheduling.tests.run_factory import make_running
from scheduling.watch import watches

BLOCK = timedelta(minutes=5)
TWO = ("ann", "ben")  # callers with tokens: of different voices, as the first two are


def watched(model, *, minutes=60, **columns):
    """The model's policy, with a bake time."""
    policy = GatePolicy.objects.of(model)
    for name, value in ({"bake_minutes": minutes} | columns).items():
        setattr(policy, name, value)
    policy.save()


def log_block(version, start, rows, *, latency_us=400, without=(), who="", moved_to=None):
    """Requests of one row of one block, as `version` answers them; or as something else moved its answers."""
    loaded = loading.load(version)
    answers = loaded.predict(rows)
    count_block(version, start, answered=len(rows), who=who, latency_us=latency_us)
    first = first_id_at(start).int + (7 << 76) + (sum(who.encode()) << 20)
    return Prediction.objects.bulk_create(
        Prediction(
            id=UUID(int=first + i), model_version=version, registered_model=version.registered_model, who=who,
            output=answers.outputs[i] if moved_to is None else moved_to,
            inputs={name: v for name, v in zip(loaded.spec.names, row, strict=True) if name not in without},
            probabilities=None if answers.probabilities is None else answers.probabilities[i].tolist(),
            latency_us=latency_us + i,
        )
        for i, row in enumerate(rows)
    )  # fmt: skip


def count_block(version, start, *, answered=50, failed=0, latency_us=400, rows=1, until=None, **columns):
    """What one worker counted of one caller in the five minutes of UTC that end in the block from `start`."""
    block = block_of((start + BLOCK).timestamp()) - BLOCK
    times = {rows.bit_length(): {bin_of(latency_us / 1e6): answered}} if answered else {}
    return RequestCount.objects.create(
        id=uuid4(), model_version=version, block=block, answered=answered, refused=9, failed=failed,
        latencies=times, counted_until=until or block + BLOCK, **columns,
    )  # fmt: skip


def after(promotion, blocks, rows, *, callers=("",), **columns):
    """Log so many blocks, and one row more, by which the ingester shows that it is not behind."""
    for i in range(blocks):
        for who in callers:
            log_block(promotion.version, promotion.at + i * BLOCK, rows, who=who, **columns)
    log_block(promotion.version, promotion.at + blocks * BLOCK + timedelta(minutes=1), rows[:1])
    return promotion.at + blocks * BLOCK + 2 * timedelta(minutes=1)


def tell(predictions, labels, at):
    """The true labels of predictions, all arriving at one moment."""
    Feedback.objects.bulk_create(
        Feedback(prediction=prediction, label=label, who="ann", at=at)
        for prediction, label in zip(predictions, labels, strict=True)
    )


def look(model, at):
    """What a scheduler that has looked each minute does at that moment; the sentences it tells."""
    Watch.objects.open(model).update(looked_at=at - timedelta(minutes=1))
    told = look_after_a_while(model, at)
    while told and told[-1].endswith(watches.STILL_OPEN):
        counted = list(Watch.objects.open(model).values_list("counted_until", flat=True))
        told = look_after_a_while(model, at)  # one look counts some blocks only
        if counted == list(Watch.objects.open(model).values_list("counted_until", flat=True)):
            break
    return told


def look_after_a_while(model, at):
    """The same where nobody may have looked for long, once: in a run, so that it acts on what it finds."""
    run = make_running(model, task="watch")
    told = [watches.look(watch, now=at, run=run) for watch in Watch.objects.open(model).with_flip()]
    run.delete()
    return told
