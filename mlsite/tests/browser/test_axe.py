"""axe finds no serious fault on any page of ours, light or dark, and none is wider than a phone."""

# ruff: noqa: F401, F811 - fixtures of other tests

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse

from mlsite.tests.browser.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
    logged_in,
)
from mlsite.tests.browser.test_evidence import FITS
from predictions.models import ModelVersion, Promotion, RegisteredModel
from predictions.serving.follower import Follower
from predictions.tests.admin_pages import question
from scheduling.judging.judge import judge
from scheduling.models import Delivery, Run, Subscription
from scheduling.notifications.publishing import publish_test
from scheduling.pages.views import TABS
from scheduling.tests.conftest import api, drawn, rehearsed
from scheduling.tests.pages.past import make_past
from scheduling.tests.run_factory import make_awaiting, make_running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GRAVE = ("serious", "critical")
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
ONLY_COLOURS = {"runOnly": ["color-contrast"]}
SETTLED = "Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)))"  # colours fade
OURS = {
    "exclude": [[".breadcrumbs"]]
}  # on Django's own forms their links differ from the text by colour alone


def look_at(page, base, paths, *, shown="body"):
    """What axe finds on each page in the light, and of colours in the dark: (page, scheme, rule, element)."""
    found = []
    for path in paths:
        page.emulate_media(color_scheme="light")
        assert page.goto(f"{base}{path}").status < 500
        page.wait_for_selector(shown)
        found += [(path, "light", *fault) for fault in faults(page)]
        page.emulate_media(color_scheme="dark")
        page.evaluate(SETTLED)
        found += [(path, "dark", *fault) for fault in faults(page, ONLY_COLOURS)]
        page.set_viewport_size(PHONE)
        if not page.evaluate(FITS):
            found.append((path, "wider than a phone"))
        page.set_viewport_size(WIDE)
    return found


def faults(page, options=None):
    for one in Axe().run(page, context=OURS, options=options).response["violations"]:
        if one["impact"] in GRAVE:
            yield from ((one["id"], node["html"][:160]) for node in one["nodes"])


@pytest.fixture
def world(iris, live, strong, api, drawn):
    """Whatever a page can show: a past, evidence, a hold, a run that awaits a person, one at work."""
    iris.hold(by="ada", reason="Until we have looked.")
    judge(make_running(iris), strong)
    make_past(iris, live, strong)
    Follower().step()
    make_awaiting(iris, live, requested_by="cleo")
    make_running(iris, step="training")
    return iris


def page_of(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


def list_of(model):
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")


def test_pages_for_strangers(page, live_server, live):
    assert look_at(page, live_server.url, ["/", "/admin/login/"]) == []
    assert look_at(page, live_server.url, ["/docs"], shown=".opblock") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("operation", ["predictions-predict", "predictions-current_model"])
def test_an_opened_operation_can_be_read(page, live_server, live, scheme, operation):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/docs")
    page.click(f"#operations-{operation} .opblock-summary-control")
    page.wait_for_selector(".btn.execute")
    page.evaluate(SETTLED)
    assert page.is_visible(".btn.cancel")
    assert list(faults(page, ONLY_COLOURS)) == []


def test_pages_of_a_model(logged_in, live_server, world):
    tabs = [f"{reverse('admin:model-page', args=[world.pk])}?tab={key}" for key in TABS]
    more = ("checks", "access", "approver", "simulation", "setup", "version", "dataset")
    pages = [reverse(f"admin:model-{page}", args=[world.pk]) for page in more]
    pages += [question(world, "let_a_person_decide")]
    paths = ["/admin/", "/admin/nothing/", reverse("admin:model-new"), page_of(world), *tabs, *pages]
    assert look_at(logged_in, live_server.url, paths) == []


def test_pages_of_runs_versions_and_messages(logged_in, live_server, world, strong):
    told = Subscription.objects.create(person=User.objects.get(), channel="email", address="a@example.org")
    publish_test(told)
    first, *_, awaiting, at_work = Run.objects.order_by("pk")
    rows = [first, awaiting, at_work, strong, world.policy, world.recipe, world.datasets.first(),
            world.signatures.get(), told, Delivery.objects.get()]  # fmt: skip
    lists = [
        list_of(model) for model in (RegisteredModel, ModelVersion, Promotion, Run, Subscription, Delivery)
    ]
    lists += ["/admin/predictions/prediction/", "/admin/scheduling/schedule/"]
    paths = [*map(page_of, rows), *lists, f"/api/runs/{first.pk}/evidence.html"]
    assert look_at(logged_in, live_server.url, paths) == []
