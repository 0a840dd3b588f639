"""In processes of their own: a project without an admin, and one whose default admin site is its own."""

import json

import pytest

from mlsite.tests.processes import clean_environment, run

pytestmark = pytest.mark.end_to_end
START = """
import json, django
django.setup()
from django.core.checks import run_checks
from django.test import Client
from mlsite.tests.foreign import walk
about_others = {"predictions.W001", "predictions.W016"}  # the lane, and SQLite
found = [one.id for one in run_checks() if one.id not in about_others]
walk.prepare()
walk.Follower().step()
client = Client(raise_request_exception=False, headers={"Accept": "text/html"})
if %(browses)s:
    client.force_login(walk.get_user_model().objects.get())
def ask(path):
    reply = client.get(path)
    return [reply.status_code, reply.headers.get("Location", reply["Content-Type"])]
told = {path: ask(path) for path in %(paths)s}
told["check"] = found
told["predict"] = client.post("%(prefix)s/predict", walk.ROW, "application/json").status_code
told["notice"] = walk.link_of_a_notice()
print(json.dumps(told))
"""


def told_by(settings, folder, **asked):
    environment = clean_environment(folder, DJANGO_SETTINGS_MODULE=f"mlsite.tests.foreign.{settings}")
    ended = run("-c", START % asked, environment=environment)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def test_a_project_without_an_admin_serves(tmp_path):
    paths = [
        "/ml/",
        "/ml/schema",
        "/ml/docs",
        "/ml/docs?script=",
        "/ml/health/ready",
        "/ml/api/models",
        "/ml/no",
    ]
    told = told_by("bare", tmp_path, paths=paths, prefix="/ml", browses=False)
    assert [told[path][0] for path in paths] == [200] * 6 + [404]
    assert (told["predict"], told["check"]) == (200, [])
    assert told["notice"] == "http://127.0.0.1:8000"


def test_an_admin_site_of_the_projects_own_has_our_pages(tmp_path):
    paths = [
        "/back/office/",
        "/back/office/scheduling/run/1/change/",
        "/back/office/predictions/registeredmodel/overview/",
        "/shop/ml/",
        "/other/",
        "/predict",
    ]
    told = told_by("office", tmp_path, paths=paths, prefix="/shop/ml", browses=True)
    assert [told[path][0] for path in paths] == [200, 200, 200, 302, 200, 200]
    assert told["/shop/ml/"][1] == "/back/office/predictions/registeredmodel/overview/"
    assert (told["predict"], told["check"]) == (200, [])
    assert told["notice"] == "http://127.0.0.1:8000/back/office/scheduling/run/1/change/"
