"""A database with every table filled, and rows of every status in them: for tests that look at everything.

Made by hand: nothing is trained, compiled, judged or answered.
"""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.utils import timezone

from predictions.models import Dataset, Feature, Feedback, Prediction, RequestCount, Worker
from predictions.models.prediction import first_id_at
from predictions.registry.promotion import roll_back
from predictions.tests.factories import APPROVAL, make_live, make_model, make_version, token_of
from scheduling.evidence.outcomes import Level
from scheduling.models import (
    ApprovalAnswer,
    ApprovalRequest,
    CheckLimit,
    CheckResult,
    DataSource,
    Delivery,
    EvidenceFile,
    GatePolicy,
    HoldOut,
    Look,
    Notice,
    Recipe,
    Schedule,
    Simulation,
    Slice,
    Subscription,
    Trial,
    Watch,
)
from scheduling.simulation.report.schema import as_stored
from scheduling.tests.run_factory import make_run
from scheduling.tests.simulation.reports import make_report

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ENDED = {"started_at": MOMENT, "finished_at": MOMENT + HOUR, "epoch": 1}


def fill(worlds):
    """Add so many models, each with all that can belong to one; return the models."""
    first = User.objects.count()
    return [_world(number) for number in range(first, first + worlds)]


def _world(number):
    """Every third model is private, every second was rolled back and is held."""
    user = User.objects.create(username=f"user{number}")
    token_of(user)
    Group.objects.create(name=f"group{number}")
    model = make_model(f"model{number:02}", public=number % 3 != 2)
    Feature.objects.create(signature=model.signatures.get(), position=0, name="x", kind="float", example=1.5)
    weak, strong = make_version(model, f"weak{number}"), make_version(model, f"strong{number}")
    make_live(weak)
    flip = make_live(strong)
    back = None
    if number % 2:
        back = roll_back(registered_model=model, replacing=flip, approval=APPROVAL)
    fill_tables_of(model, weak, strong, flip, back, user=user, number=number)
    _engine(number)
    return model


def fill_tables_of(model, weak, strong, flip, back, *, user, number):
    """Add rows of everything that can belong to a model whose version `strong` was made live by `flip`."""
    evaluation = _datasets(model)
    _asked_of(model, number)
    run = _runs(model, user, weak, strong, flip, evaluation)
    _watch(flip, back, number)
    Look.objects.create(
        evaluation_dataset=evaluation, number=1, run=run, candidate="1.1", champion="1.0", metric="f1_macro",
        alpha=0.02, margin_factor=2.5,
    )  # fmt: skip
    _log(model, strong, number)
    _told(model, user)


def _datasets(model):
    for role in Dataset.Role.values:
        dataset = Dataset.objects.create(
            registered_model=model,
            role=role,
            file=f"datasets/{model}/{role}",
            sha256=f"{model}{role}",
            rows=9,
        )
        if role == Dataset.Role.EVALUATION:
            HoldOut.objects.create(evaluation_dataset=dataset, fingerprint="f", first=dataset, shared=0.5)
            evaluation = dataset
    return evaluation


def _told(model, user):
    """A message in each state, to one person."""
    subscription = Subscription.objects.create(person=user, registered_model=model)
    for state in Delivery.State.values:
        notice = Notice.objects.create(
            event="promoted", registered_model=model, key=f"{model} {state}", what=f"{model} now answers.",
            why="Because.", page="model-page", page_id=model.pk, at=MOMENT,
        )  # fmt: skip
        Delivery.objects.create(notice=notice, subscription=subscription, state=state, next_at=MOMENT)


def _asked_of(model, number):
    """What people decided about a model."""
    GatePolicy.objects.create(registered_model=model, bake_minutes=60)
    CheckLimit.objects.create(registered_model=model, check_id="latency", limits={"max_p95_ms": 80})
    Recipe.objects.create(registered_model=model, estimator="RandomForestClassifier", name_template="rf")
    DataSource.objects.create(registered_model=model, role="training", kind="uploaded", hold_out="random")
    Slice.objects.create(registered_model=model, name="far", condition="x > 3")
    times = {"trigger": "cron", "cron": "0 3 * * *"} if number % 2 else {"every_seconds": 60}
    for task, enabled in (("retrain", True), ("validate", False)):
        name = f"{task} {model}"
        Schedule.objects.create(registered_model=model, task=task, name=name, enabled=enabled, **times)


def _runs(model, user, weak, strong, flip, evaluation):
    """Runs of every status and decision; the one that flipped is returned."""
    judged = {"candidate": strong, "champion": weak, "evaluation_dataset": evaluation, **ENDED}
    make_run(model)
    make_run(model, status="running", step="training", started_at=MOMENT, epoch=1)
    for status in ("failed", "cancelled", "interrupted"):
        run = make_run(model, status=status, reason="Because.", traceback="Traceback …", **ENDED)
    make_run(model, trigger="retry", retry_of=run, attempt=2, status="finished", **ENDED)
    schedule = Schedule.objects.filter(registered_model=model).first()
    flipped = make_run(
        model, status="finished", decision="promoted", promotion=flip, evidence={"seed": 1, "policy": {}},
        schedule=schedule, schedule_name=schedule.name, scheduled_for=MOMENT, trigger="schedule", **judged,
    )  # fmt: skip
    for decision in ("kept", "cannot_tell", "blocked", "would_promote"):
        make_run(model, status="finished", decision=decision, reason="Because.", **judged)
    for answer in ("", "refused", "lapsed"):
        decision = answer or "awaiting_approval"
        run = make_run(model, status="finished", decision=decision, **judged)
        _question(run, flip, user, answer)
    for level, about in zip(Level, count(), strict=False):
        for measured in (flipped, run):
            CheckResult.objects.create(
                run=measured, check_id=f"check{about}", level=level, blocking=about % 2 == 0, seconds=0.1,
                measured={"rows": about, "share": None}, limit={"rows": 3}, message="It is so.",
                details={"rows": [1, 2]},
            )  # fmt: skip
    _trials(flipped)
    EvidenceFile.objects.create(run=flipped, problem="It was not kept.")
    simulated = make_run(model, task="simulate", status="finished", reason="Keep it.", **ENDED)
    Simulation.objects.create(run=simulated, report=as_stored(make_report(str(model))))
    return flipped


def _trials(run):
    about = {"run": run, "metric": "f1_macro", "seconds": 0.5}
    scored = {"scores": [0.5, 0.7], "mean": 0.6}
    Trial.objects.create(number=1, parameters={"depth": 3, "way": "a"}, state="complete", **about, **scored)
    Trial.objects.create(
        number=2, parameters={"depth": None, "way": "b"}, state="part", share=0.1, **about, **scored
    )
    Trial.objects.create(number=3, parameters={"depth": -1}, state="failed", error="ValueError", **about)


def _question(run, flip, user, answer):
    asked = ApprovalRequest.objects.create(run=run, replacing=flip, expires_at=timezone.now() + HOUR)
    if answer:
        person = None if answer == "lapsed" else user
        by = str(person or "time")
        ApprovalAnswer.objects.create(request=asked, kind=answer, by=by, user=person, reason="So.")


def _watch(flip, back, number):
    quiet = [status for status in Watch.Status.values if status != Watch.Status.ROLLED_BACK]
    status = Watch.Status.ROLLED_BACK if back else quiet[number // 2 % len(quiet)]
    closed = {} if status == Watch.Status.OPEN else {"closed_at": MOMENT + HOUR, "reason": "Because."}
    Watch.objects.create(
        promotion=flip, status=status, until=MOMENT + HOUR, counted_until=MOMENT, limits={"alpha": 0.05},
        evidence={"errors": {}}, roll_back=back, **closed,
    )  # fmt: skip


def _log(model, version, number):
    """Predictions with and without a true label, counts, and a worker with a problem."""
    for i in range(3):
        prediction = Prediction.objects.create(
            id=UUID(int=first_id_at(MOMENT).int + (7 << 76) + 1000 * number + i), registered_model=model,
            model_version=version, inputs={"x": None if i else 1.5}, output=i, who="ann" if i else "",
            probabilities=[0.5, 0.5] if i else None, latency_us=9,
        )  # fmt: skip
        if i:
            Feedback.objects.create(prediction=prediction, label=1, who="ann", at=MOMENT)
    RequestCount.objects.create(
        id=uuid4(), model_version=version, block=MOMENT, answered=3, refused=2, failed=number % 2,
        last_error="", counted_until=MOMENT + HOUR,
    )  # fmt: skip
    Worker.objects.create(
        host="host", pid=number, serves={str(model): "1.1"}, problems={"other": "It does not load."},
        since=timezone.now(), began={str(model): timezone.now().isoformat()}, seen_at=timezone.now(),
    )  # fmt: skip


def _engine(number):
    """The tables of the scheduler's library, and of the one that counts failed logins."""
    job = apps.get_model("django_apscheduler", "DjangoJob").objects.create(
        id=f"job{number}", next_run_time=MOMENT, job_state=b""
    )
    apps.get_model("django_apscheduler", "DjangoJobExecution").objects.create(
        job=job, status="Executed", run_time=MOMENT
    )
    login = {"username": f"user{number}", "ip_address": "127.0.0.1", "user_agent": "-", "path_info": "/"}
    AccessAttempt.objects.create(**login, get_data="", post_data="", failures_since_start=1)
    AccessLog.objects.create(**login)
    AccessFailureLog.objects.create(**login)
