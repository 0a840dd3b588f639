"""Every place where a run, a watch or a request leaves something to read, by who may read it."""

import gzip

from django.contrib.auth.models import Permission
from django.core import serializers
from django.urls import reverse

from predictions.conf import config
from predictions.models import Prediction, RequestCount, Worker
from predictions.tests.factories import make_person, token_of
from scheduling.models import CheckResult, EvidenceFile, Run, Watch

SEEING = ["view_registeredmodel", "view_worker"]
OPEN = [
    "/", "/metrics", "/health/ready", "/schema", "/docs", "/current_model", "/api/models", "/api/runs",
    "/api/watches", "/api/promotions", "/api/models/marked/versions",
]  # fmt: skip


def rows_of_tables():
    """Each row that a run, a watch or a worker writes, as text; public or not."""
    tables = (Run, CheckResult, EvidenceFile, Watch, RequestCount, Worker)
    rows = {table: table.objects.all() for table in tables}
    return {table.__name__: serializers.serialize("json", rows[table], fields=told(table)) for table in rows}


def told(table):
    """Its columns without the kernel's ticks: some minutes a day they are as large as a marked value."""
    return {column.name for column in table._meta.fields} - {"process_start"}


def public_columns():
    """What of these rows is for everybody."""
    runs = Run.objects.values_list("reason", "step", "decision", "parameters")
    results = CheckResult.objects.values_list("message", "measured", "limit", "level")
    others = [
        *RequestCount.objects.values_list("last_error"),
        *Worker.objects.values_list("log_problem", "problems"),
        *Watch.objects.values_list("reason", "evidence", "limits"),
        *EvidenceFile.objects.values_list("problem"),
    ]
    return {"public columns": str([*runs, *results, *others])}


def files():
    """What was written beside the database, but for data sets and models themselves."""
    kept = {}
    for folder in (config.MEDIA_ROOT / "evidence", config.SPOOL_DIR, config.VAR_DIR):
        for path in folder.rglob("*"):
            if path.is_file() and path.name != "live_versions.signed":  # it holds golden rows: see the docs
                content = path.read_bytes()
                content = gzip.decompress(content) if path.suffix == ".gz" else content
                kept[str(path.name)] = content.decode(errors="replace")
    return kept


def evidence_files():
    return {name: text for name, text in files().items() if name.endswith(".json.gz")}


def answers(client, model, **headers):
    """What the open paths and those of each run say to a caller."""
    runs = [path for run in Run.objects.filter(registered_model=model) for path in paths_of(run)]
    watches = [f"/api/watches/{watch.pk}" for watch in Watch.objects.all()]
    told = {}
    for path in (*OPEN, *runs, *watches):
        reply = client.get(path, headers={"accept": "text/html" if path == "/" else "*/*"} | headers)
        assert reply.status_code in (200, 503), (path, reply.status_code)
        told[path] = reply.content.decode()
    return told


def paths_of(run):
    return [f"/api/runs/{run.pk}{end}" for end in ("", "/evidence", "/evidence.html")]


def pages(client, model, *permissions):
    """What staff with these permissions see in the admin."""
    person = make_person(f"staff-{len(permissions)}", is_staff=True)
    wanted = Permission.objects.filter(codename__in=[*SEEING, *permissions])
    person.user_permissions.set(wanted)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    told = {path: client.get(path) for path in admin_paths(model)}
    client.logout()
    for path, page in told.items():
        assert page.status_code == 200, (path, page.status_code)
    return {path: page.content.decode() for path, page in told.items()}


def admin_paths(model):
    yield "/admin/"
    kinds = {"scheduling": (Run, Watch), "predictions": (RequestCount, Worker)}
    for app, tables in kinds.items():
        for table in tables:
            name = f"admin:{app}_{table._meta.model_name}"
            yield reverse(f"{name}_changelist")
            yield from (reverse(f"{name}_change", args=[row.pk]) for row in table.objects.all()[:5])
    for run in Run.objects.filter(registered_model=model):
        yield reverse("admin:run-evidence-file", args=[run.pk])
    yield reverse("admin:predictions_registeredmodel_change", args=[model.pk])
    for version in model.signatures.get().versions.all():
        yield reverse("admin:predictions_modelversion_change", args=[version.pk])


def for_everybody(client, model):
    """Public places: by path or name, what is there."""
    token = token_of(make_person("somebody"))
    with_a_token = {f"{path} with a token": text for path, text in answers(client, model, **token).items()}
    return public_columns() | answers(client, model) | with_a_token | pages(client, model)


def for_few(client, model):
    """Private places: for those who may read the prediction log."""
    token = token_of(make_person("reader", "view_prediction"))
    told = {f"{path} for a reader": text for path, text in answers(client, model, **token).items()}
    seen = {f"{path} for a reader": text for path, text in pages(client, model, "view_prediction").items()}
    logged = {"prediction log": str(list(Prediction.objects.values_list("inputs")))}
    return rows_of_tables() | files() | told | seen | logged
