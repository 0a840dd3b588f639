"""In a project with another admin site, a prefix and names as ours, each link leads to where we are."""

import json
import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import resolve, reverse

from mlsite.tests.mounted.startproject import MIDDLEWARE
from mlsite.tests.mounted.test_under_a_prefix import Links
from predictions.counting.prometheus import kind_of
from predictions.paths import admin_path
from predictions.tests.factories import token_of
from scheduling.tests.varied_rows import fill

pytestmark = pytest.mark.django_db
PER_PAGE = 2  # pages of the same kind that are looked at
NOT_ASKED = re.compile(r"/(logout|jsi18n|password_change)/|^/static/|^/$")  # "/" is the project's


@pytest.fixture(autouse=True)
def project(settings):
    name, admin.site.name = admin.site.name, "office"
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "mlsite.tests.mounted.mounted_elsewhere", MIDDLEWARE
    kind_of.cache_clear()
    yield
    admin.site.name = name
    kind_of.cache_clear()


@pytest.fixture
def boss(client):
    boss = User.objects.create_superuser("boss", password="secret")
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    return boss


def test_each_page_of_the_admin_links_to_our_pages_and_no_others(client, boss, live):
    fill(2)
    to_see, seen, looked_at = ["/back/office/", "/shop/ml/"], set(), {}
    while to_see:
        path = to_see.pop()
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.status_code in (200, 302), path
        found = [page["Location"]] if page.status_code == 302 else []
        if page["Content-Type"].startswith("text/html"):
            found += Links(page.content.decode()).found
        for link in {urljoin(path, one).partition("#")[0] for one in found} - seen:
            seen.add(link)
            if re.match(r"\w+:", link) or NOT_ASKED.search(link):
                continue
            assert link.startswith(("/back/office/", "/shop/ml/")), (path, link)
            kind = resolve(urlsplit(link).path).url_name or link
            looked_at[kind] = looked_at.get(kind, 0) + 1
            if looked_at[kind] <= PER_PAGE and "/api/" not in link:
                to_see.append(link)
    assert {"model-page", "overview", "scheduling_run_change", "predictions_modelversion_change"} <= {
        *looked_at
    }
    assert len(looked_at) > 60


def test_the_project_keeps_its_names_and_we_have_ours(client, live):
    row = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
    assert client.get(reverse("predict")).content == b"theirs"
    for path in ("/shop/ml/predict", "/shop/ml/api/models/iris/predict"):
        assert client.post(path, json.dumps(row), content_type="application/json").status_code == 200
    queued = client.post(
        "/shop/ml/api/runs", json.dumps({"task": "retrain", "model": "iris"}),
        content_type="application/json", headers=token_of(User.objects.create_superuser("boss")),
    )  # fmt: skip
    assert queued["Location"] == f"/shop/ml/api/runs/{queued.json()['id']}"
    assert client.get(queued["Location"]).status_code == 200


def test_the_schema_and_its_page_are_ours_below_the_prefix(client, live):
    schema = client.get("/shop/ml/schema").json()
    assert schema["servers"] == [{"url": "/shop/ml"}]
    assert {"/predict", "/v2/models/{name}/infer", "/api/runs"} <= {*schema["paths"]}
    assert b'"/shop/ml/schema"' in client.get("/shop/ml/docs?script=").content


def test_a_path_is_counted_without_the_prefix():
    paths = {
        "/shop/ml/predict": "/predict", "/shop/ml/": "/", "/shop/ml": "/", "/shop/ml/api/runs/7": "/api",
        "/shop/ml/api/models/iris/predict": "/api/…/predict", "/back/office/scheduling/run/": "/admin",
        "/static/x.css": "/static", "/predict": "other", "/shop/mlx": "other", "/shop/ml/nothing": "other",
    }  # fmt: skip
    assert {path: kind_of(path) for path in paths} == paths


def test_a_page_of_the_other_site_is_not_taken_for_ours():
    assert admin_path("index") == "/back/office/"
    assert admin_path("scheduling_run_changelist") == "/back/office/scheduling/run/"


def test_without_an_admin_there_are_no_links_to_it(client, live, settings):
    settings.ROOT_URLCONF = "predictions.urls"
    assert admin_path("index") == ""
    page = client.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert not any("login" in link for link in Links(page.content.decode()).found)
