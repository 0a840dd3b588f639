"""Goes through the other project, in a process of its own. `START` is what Python runs there.

`prepare` migrates an empty database and fills it; `walk` asks for every page and list, as each caller.
"""

import io
import json
import os
import re
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment

from mlsite.tests.every_path.every_path import filled, patterns
from predictions.models import ModelVersion, Promotion, RegisteredModel
from predictions.serving.follower import Follower
from scheduling.models import Run, Schedule
from scheduling.operations import demo

START = """
import json, sys, django
django.setup()
from mlsite.tests.foreign import walk
json.dump(getattr(walk, sys.argv[1])(), sys.stdout)
"""
ROW = json.dumps({"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2})
JSON = "application/json"
WHO = "ann@example.com"


def prepare():
    """Ann is an administrator; Iris has two versions, and the first is live."""
    call_command("check", fail_level="ERROR")
    call_command("migrate", verbosity=0)
    get_user_model().objects.create_superuser(WHO, "a good password")
    list(demo.set_up())
    first = ModelVersion.objects.get()
    columns = {
        f.attname: getattr(first, f.attname) for f in first._meta.fields if f.name not in ("id", "number")
    }
    del columns["signature_id"]
    columns |= {"artefact_sha256": "a" * 64, "name": "second", "filename": "second.joblib"}
    ModelVersion.objects.register(signature=first.signature, **columns)
    Run.objects.enqueue(
        task="retrain", registered_model=first.registered_model, trigger="api", requested_by=WHO
    )


def token():
    """Make Ann's token as `manage.py` does."""
    out, command = io.StringIO(), "create_token" if apps.is_installed("knox") else "drf_create_token"
    call_command(command, WHO, stdout=out)
    return {"Authorization": f"Token {out.getvalue().split()[2 if command.startswith('drf') else 0]}"}


def signed_in():
    """Ann's browser, by the form of the admin."""
    client = Client(raise_request_exception=False)
    form = {"username": WHO, "password": "a good password", "next": "/office/"}
    reply = client.post("/office/login/", form)
    assert (reply.status_code, reply["Location"]) == (302, "/office/"), reply
    return client


def walk():
    call_command("migrate", verbosity=0)  # of packages that it has now
    setup_test_environment()  # a reply keeps its form
    Follower().step()
    has_tokens = any(map(apps.is_installed, ("knox", "rest_framework.authtoken")))
    browser = signed_in()
    caller = Client(raise_request_exception=False, headers=token()) if has_tokens else browser
    nobody = Client(raise_request_exception=False)
    return {
        "lists": {who: lists(client) for who, client in {"nobody": nobody, "caller": caller}.items()},
        "others": {path: text(nobody.get(path)) for path in ("/theirs", "/ml/api/nothing")},
        "schema": schema(),
        "bug": bug(caller),
        "pages": {path: browser.get(path).status_code for path in pages()},
        "predicted": [
            text(client.post("/ml/predict", ROW, "application/json")) for client in (nobody, caller)
        ],
        "forms": forms(browser),
        "acts": acts(caller, nobody),
        "refusals": {
            who: lists(client, "POST") for who, client in {"nobody": nobody, "caller": caller}.items()
        },
    }


def pages():
    """The path of every page of the admin, each of the first row of its table."""
    for route, _ in patterns():
        if route.startswith("office/") and "logout" not in route:
            table = re.match(r"office/(\w+)/(\w+)/.*<", route)
            row = apps.get_model(*table.groups())._default_manager.first() if table else None
            pk = row.pk if row else 1
            yield filled(route, {"object_id": pk, "pk": pk, "id": pk, "content_type_id": pk})


def lists(client, method="GET"):
    """The answer of every path of ours that is no page of the admin; to POST, of an object without fields."""
    values = {
        "slug:name": "iris",
        "str:label": "1.0",
        "int:pk": 1,
        "str:role": "training",
        "uuid:pk": UUID(int=0),
    }
    routes = [route for route, _ in patterns() if route.startswith("ml/") and "metrics" not in route]
    paths = [filled(route, values) for route in routes if method == "GET" or not route.endswith("/")]
    return {path: text(client.generic(method, path, b"{}", JSON)) for path in paths}


def text(reply):
    return [reply.status_code, reply["Content-Type"], reply.content.decode()]


def schema():
    """The paths in the project's own OpenAPI schema, which is valid; None where it has none."""
    if "hostile" not in os.environ["FOREIGN"]:
        return None
    out = io.StringIO()
    call_command("spectacular", validate=True, format="openapi-json", stdout=out)
    return sorted(json.loads(out.getvalue())["paths"])


def bug(client):
    """The answer of a view of ours that has a bug."""
    from scheduling.views import schedules

    kept, schedules.scheduler_state = schedules.scheduler_state, None
    try:
        return text(client.get("/ml/api/scheduler"))
    finally:
        schedules.scheduler_state = kept


def forms(browser):
    """Who the history names after a change in the admin."""
    schedule = Schedule.objects.filter(task="prune").first()
    page = f"/office/scheduling/schedule/{schedule.pk}"
    form = browser.get(f"{page}/change/").context["adminform"].form
    values = {
        name: "" if value is None else value for name, value in form.initial.items() if name in form.fields
    }
    reply = browser.post(f"{page}/change/", values | {"enabled": ""})
    deleted = browser.post(f"{page}/delete/", {"post": "yes"})
    told = schedule.history.values_list("history_type", "history_by", "history_user__email")
    return {"statuses": [reply.status_code, deleted.status_code], "told": list(map(list, told[:2]))}


def acts(caller, nobody):
    """Promote the second version, as each caller; then what the ledger says."""
    body = {"model": "iris", "version": "1.1", "replaces": "1.0", "reason": "Better."}
    statuses = [
        client.post("/ml/api/promotions", json.dumps(body), JSON).status_code for client in (nobody, caller)
    ]
    flip = Promotion.objects.select_related("user").latest()
    model = RegisteredModel.objects.get()
    return {"statuses": statuses, "by": flip.by, "user": flip.user and flip.user.email, "name": model.name}


def link_of_a_notice():
    """Where a message about the first run sends its reader."""
    from scheduling.models import Notice
    from scheduling.notifications.messages import url_of

    return url_of(Notice(page="scheduling_run_change", page_id=1))
