"""A flip, and what the log says before and after it."""

from datetime import timedelta
from uuid import UUID, uuid4

from predictions.models import Feedback, Prediction, RequestCount
from predictions.models.prediction import first_id_at
from predictions.models.request_count import block_of
from predictions.registry import loading
from scheduling.models import GatePolicy, Watch
from scheduling.tests.run_factory import make_running
from scheduling.watch import watches

BLOCK = timedelta(minutes=5)


def watched(model, *, minutes=60, **columns):
    """The model's policy, with a bake time."""
    policy = GatePolicy.objects.of(model)
    for name, value in ({"bake_minutes": minutes} | columns).items():
        setattr(policy, name, value)
    policy.save()


def log_block(version, start, rows, *, latency_us=400, without=()):
    """Predictions of one block, as `version` answers these rows, and their inputs by feature."""
    loaded = loading.load(version)
    answers = loaded.predict(rows)
    return Prediction.objects.bulk_create(
        Prediction(
            id=UUID(int=first_id_at(start).int + (7 << 76) + i), model_version=version,
            registered_model=version.registered_model, output=answers.outputs[i],
            inputs={name: v for name, v in zip(loaded.spec.names, row, strict=True) if name not in without},
            probabilities=None if answers.probabilities is None else answers.probabilities[i].tolist(),
            latency_us=latency_us + i,
        )
        for i, row in enumerate(rows)
    )  # fmt: skip


def count_block(version, start, *, answered=50, failed=0, error=""):
    """What one worker counted in the five minutes of UTC that end in the block from `start`."""
    block = block_of((start + BLOCK).timestamp()) - BLOCK
    return RequestCount.objects.create(
        id=uuid4(), model_version=version, block=block, answered=answered, refused=9, failed=failed,
        last_error=error, counted_until=block + BLOCK,
    )  # fmt: skip


def tell(predictions, labels, at):
    """The true labels of predictions, all arriving at one moment."""
    Feedback.objects.bulk_create(
        Feedback(prediction=prediction, label=label, who="ann", at=at)
        for prediction, label in zip(predictions, labels, strict=True)
    )


def look(model, at):
    """What a scheduler that has looked each minute does at that moment; the sentences it tells."""
    Watch.objects.open(model).update(looked_at=at - timedelta(minutes=1))
    return look_after_a_while(model, at)


def look_after_a_while(model, at):
    """The same where nobody may have looked for long: in a run, so that it acts on what it finds."""
    run = make_running(model, task="watch")
    told = [watches.look(watch, now=at, run=run) for watch in Watch.objects.open(model).with_flip()]
    run.delete()
    return told
