"""The schema and the answers agree, whatever is asked: no 5xx, no status, type or body that is not told.

Some thousand requests, always the same; `make fuzz EXAMPLES=200` takes its time.
"""

import os

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from rest_framework.response import Response

from mlsite.tests.every_path.fuzzing import Known, application, fuzz, schema_of
from predictions.models import Dataset, Prediction
from predictions.tests.factories import token_of
from scheduling.evidence_page import page
from scheduling.evidence_page.exhibits.base import show
from scheduling.evidence_page.exhibits.confusion import Confusion
from scheduling.models import DataSource, Run, Schedule, SourceTrial, TrainingOutput, Watch
from scheduling.tests.evidence_factory import make_evidence
from scheduling.tests.registering.sent import make_form
from scheduling.tests.run_factory import make_run
from scheduling.tests.varied_rows import ENDED, fill
from scheduling.views.schedules import Scheduler

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
WINDOW, MOMENT = ("since", "until"), "2026-01-01T00:00:00+00:00"
NOTHING = Known(paths={}, bodies={})
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
ROWS = [ROW, [ROW, ROW], {"columns": {name: [value] for name, value in ROW.items()}}]
TENSOR = {"name": "features", "shape": [1, 4], "datatype": "FP64", "data": [5.1, 3.5, 1.4, 0.2]}
TENSORS = [{"inputs": [TENSOR]}, {"inputs": [TENSOR], "parameters": {"binary_data_output": True}}]


@pytest.fixture
def known(live, strong, forests, config, monkeypatch):
    """A database of varied rows, and their names."""
    config.UPDATE_MODEL_WAIT_SECONDS = 1
    monkeypatch.setattr("scheduling.views.health.STALE_SECONDS", 3600.0)
    models = [str(model) for model in fill(10)]
    judged = make_run(
        live.registered_model, status="finished", decision="kept", candidate=strong, champion=live, **ENDED
    )
    page.store(judged, [show(Confusion(), make_evidence(forests), {})]).save()
    names = [{"name": name, "label": label} for name in ("iris", models[0]) for label in ("1.0", "1.1")]
    runs = [*{run.status + run.decision: run for run in Run.objects.all()}.values(), *Run.objects.awaiting()]
    simulated = Run.objects.filter(task="simulate")[:3]
    DataSource.objects.create(registered_model=live.registered_model, hold_out="own")
    tried = make_run(live.registered_model, task="try_source", status="finished", **ENDED)
    given = {"count": 0, "more": False, "columns": [], "problems": [], "rows": []}
    SourceTrial.objects.create(run=tried, role="training", result=given | dict.fromkeys(WINDOW, MOMENT))
    TrainingOutput.objects.create(run=judged, text="said", printed=4, metrics=[{"loss": 0.5}])
    predictions = [str(pk) for pk in Prediction.objects.values_list("pk", flat=True)[:9]]
    iris = {"model": "iris", "reason": "because"}
    return Known(
        paths={
            "/api/runs/{id}/rows": [{"id": tried.pk}],
            "/api/runs/{id}/output": [{"id": judged.pk}],
            "/api/models/{name}/sources/{role}": [{"name": "iris", "role": "training"}],
            "/api/runs/{id}/trials": [{"id": run.pk} for run in Run.objects.exclude(trials=None)[:3]],
            "/api/runs/{id}/simulation": [{"id": run.pk} for run in simulated],
            "/api/runs/{id}/cancel": [{"id": run.pk} for run in Run.objects.unfinished()[:9]],
            "/api/runs": [{"id": run.pk} for run in runs],
            "/api/watches": [{"id": watch.pk} for watch in Watch.objects.all()],
            "/api/schedules": [{"id": schedule.pk} for schedule in Schedule.objects.all()],
            "/api/predictions": [{"id": pk} for pk in predictions],
            "/api/models/{name}/datasets/{id}": [
                {"name": row.registered_model.name, "id": row.pk} for row in Dataset.objects.all()[:5]
            ],
            "/": names,
        },
        bodies={
            "POST /api/promotions": [
                iris | {"version": "1.1", "replaces": "1.0"},
                iris | {"version": "1.0", "replaces": "1.1"},
                iris | {"kind": "roll_back", "replaces": "1.0"},
            ],
            "POST /api/runs": [
                {"task": "validate", "model": "iris", "version": "1.0"},
                *({"task": task, "model": name} for task in ("retrain", "prune") for name in models),
            ],
            "POST /api/feedback": [[{"prediction_id": pk, "label": 1} for pk in predictions]],
            "POST /api/predictions/{id}/feedback": [{"label": 0}, {"label": 1}],
            "PUT /api/models/{name}/sources/{role}": [{"kind": "uploaded", "hold_out": "own"}],
            "POST /api/runs/{id}/refuse": [{"reason": "because"}],
            "POST /api/models": [make_form(), make_form(output="age", evaluation=None)],
            "POST /api/models/{name}/versions": [{"file": b"PK\x03\x04"}, {"file": b"rubbish"}],
            "POST /api/models/{name}/datasets": [{"role": "training", "file": b"x\n1\n"}],
            "POST /api/models/{name}/predict": ROWS,
            "POST /api/models/{name}/versions/{label}/predict": ROWS,
            "POST /v2/models/{name}/infer": TENSORS,
            "POST /v2/models/{name}/versions/{label}/infer": TENSORS,
            "PATCH /api/schedules/{id}": [{"enabled": True}, {"trigger": "cron", "cron": "0 3 * * *"}],
        },
    )


@pytest.mark.parametrize("who", ["anonymous", "admin"])
def test_every_answer_is_one_that_the_schema_tells(known, who):
    token = ""
    if who == "admin":
        token = token_of(User.objects.create_superuser("boss"))["Authorization"]
    with application() as app:
        fuzzed = fuzz(schema_of(app), known=known, token=token, examples=EXAMPLES)
    assert not fuzzed.problems, "\n\n".join(fuzzed.problems.values())
    assert fuzzed.answers.total() > 30 * EXAMPLES
    answered = {label for label, status in fuzzed.answers if status < 300}
    silent = {label for label, _ in fuzzed.answers} - answered
    assert who == "anonymous" or silent <= {"POST /update_model", "POST /api/runs/{id}/approve"}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda: 1 / 0, "not in the schema"),
        (lambda: Response({"running": True}), "required"),
        (lambda: Response(SOUND | {"queued": None}), "integer"),
        (lambda: Response(SOUND, status=202), "202"),
        (lambda: HttpResponse(b"{}", content_type="text/html"), "text/html"),
        (lambda: Response({"detail": "no"}, status=401), "required"),
    ],
    ids=["raises", "keys are missing", "null", "status", "content type", "shape of an error"],
)
def test_it_finds_a_view_that_is_broken(db, monkeypatch, answer, problem):
    def broken(view, request):
        return answer()

    with application() as app:
        schema = schema_of(app)
        assert fuzz(schema, known=NOTHING, examples=2, only="/api/scheduler").problems == {}
        monkeypatch.setattr(Scheduler, "get", broken)
        found = fuzz(schema, known=NOTHING, examples=2, only="/api/scheduler").problems
    assert problem in " ".join(found.values())


SOUND = {
    "running": True, "leader": "host:1", "last_seen": None, "last_seen_seconds": None,
    "next_run_seconds": None, "queued": 0,
}  # fmt: skip
