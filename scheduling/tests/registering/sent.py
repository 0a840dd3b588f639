"""What people send to register a model of their own, and how."""

import io
import json

import numpy as np
import pandas as pd
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from predictions.tests.factories import token_of
from scheduling.models import Run
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.tests.run_factory import EPOCH

PERMISSIONS = {
    "register": "add_registeredmodel",
    "upload": "upload_modelversion",
    "data": "add_dataset",
    "read": "view_registeredmodel",
    "values": "view_prediction",
}


def make_rows(count=120, *, seed=0, **columns):
    """Customers of whom some leave: who pays much for little time."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {"age": rng.normal(40, 12, count).round(2), "price": rng.normal(50, 20, count).round(2)}
    )
    leaves = rows["price"] - rows["age"] + rng.normal(0, 8, count) > 5
    return rows.assign(**columns, churned=np.where(leaves, "yes", "no"))


def as_csv(rows):
    return rows.to_csv(index=False).encode()


def make_model(rows=None):
    """A pipeline that was fitted on these rows, or on the usual ones."""
    rows = make_rows() if rows is None else rows
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(rows[["age", "price"]], rows["churned"])


def make_form(**changes):
    """The fields of a good registration without a model file; None leaves a field out."""
    form = {
        "name": "churn",
        "output": "churned",
        "training": as_csv(make_rows()),
        "evaluation": as_csv(make_rows(80, seed=1)),
    }
    return {name: value for name, value in (form | changes).items() if value is not None}


def with_model(**changes):
    return make_form(model=as_skops(make_model()), trained_on="training", **changes)


FILENAMES = {"model": "churn.skops", "file": "next.skops"}


def post(client, path, form, *, headers=None, wait=None, key=None, filenames=FILENAMES):
    """Send a form as multipart: bytes are files."""
    data = {
        name: SimpleUploadedFile(filenames.get(name, f"{name}.csv"), value)
        if isinstance(value, bytes)
        else value
        for name, value in form.items()
    }
    headers = dict(headers or {})
    if wait is not None:
        headers["Prefer"] = f"wait={wait}"
    if key:
        headers["Idempotency-Key"] = key
    return client.post(path, data, headers=headers)


def make_person(name, *permissions, model=None):
    """The headers of a person with these permissions, for all models or for one."""
    from guardian.shortcuts import assign_perm

    user = User.objects.create_user(name)
    for short in permissions:
        codename = PERMISSIONS[short]
        if model is None:
            user.user_permissions.add(Permission.objects.get(codename=codename))
        else:
            assign_perm(f"predictions.{codename}", user, model)
    return token_of(user)


def do_next():
    """Do the oldest queued run, as the scheduler's child would; return it."""
    run = Run.objects.queued().order_by("pk").first()
    assert Run.objects.claim(run, epoch=EPOCH)
    call_command("runjob", str(run.pk), epoch=EPOCH)
    run.refresh_from_db()
    return run


def files_under(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def as_parquet(rows):
    buffer = io.BytesIO()
    rows.to_parquet(buffer)
    return buffer.getvalue()


def fields_of(reply):
    return [error["field"] for error in reply.json()["errors"]]


def kinds(**given):
    return json.dumps(given)
