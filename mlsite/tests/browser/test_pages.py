"""The overview and a model's page in a real browser: nothing is cut, and no line of the console complains.

With SCREENSHOTS set to a folder, each page is kept there as a picture.
"""

# ruff: noqa: F401, F811 - fixtures of the other browser tests

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from mlsite.tests.browser.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
    logged_in,
)
from predictions.models import Promotion
from predictions.serving.follower import Follower
from scheduling.models import Run
from scheduling.tests.pages.past import make_past
from scheduling.tests.run_factory import make_awaiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHADOWS = """[...new Set([...document.querySelectorAll(".wide, #changelist-form .results")].map(
    one => getComputedStyle(one).backgroundImage.split("linear-gradient").length - 1))]"""
SIZES = {"wide": (1280, 900), "phone": (390, 844)}


def look(page, name):
    """Keep pictures, and return the pages that are wider than their window."""
    cut = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                cut.append((name, size, page.evaluate("document.documentElement.scrollWidth")))
            if folder := os.environ.get("SCREENSHOTS"):
                page.screenshot(path=Path(folder) / f"{name}-{size}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    return cut


def test_people_go_from_the_overview_to_a_model_and_approve(
    logged_in, live_server, iris, live, strong, complaints
):
    page = logged_in
    make_past(iris, live, strong)
    Follower().step()
    make_awaiting(iris, live, requested_by="cleo")
    page.goto(f"{live_server.url}/")
    assert page.url.endswith(reverse("admin:overview"))
    assert "1.1" in page.inner_text(".card")
    assert look(page, "overview") == []
    with page.expect_response("**/overview/"):
        pass  # it updates by itself
    page.click(".card h2 a")
    page.wait_for_selector(".model-page")
    assert look(page, "model") == []
    page.go_back()
    page.click("text=Read and answer")
    page.click("text=Approve…")
    page.fill("#id_reason", "I read the outcomes.")
    page.click(".submit-row input[type=submit]")
    page.wait_for_selector(".messagelist")
    assert Run.objects.filter(decision="promoted").first().promotion.version == live
    assert complaints == []


def test_a_stranger_reads_what_this_is(page, live_server, live, complaints):
    page.goto(live_server.url)
    assert "iris" in page.inner_text("ul")
    assert look(page, "welcome") == []
    assert complaints == []


def test_a_table_that_goes_on_beyond_a_phone_shows_it(logged_in, live_server, iris, live):
    page = logged_in
    page.set_viewport_size({"width": 390, "height": 844})
    for name, args in (
        ("scheduling_checklimit_changelist", []),
        ("predictions_modelversion_change", [live.pk]),
    ):
        page.goto(f"{live_server.url}{reverse(f'admin:{name}', args=args)}")
        assert page.evaluate(SHADOWS) == [4]
        assert page.evaluate("document.documentElement.scrollWidth") == 390


BUTTONS_BEFORE = """[...document.querySelectorAll(".model-page .button")].filter(one => one.checkVisibility(
    {contentVisibilityAuto: true}) && one.getBoundingClientRect().top < document.querySelector(
    ".panel").getBoundingClientRect().top).length"""


@pytest.mark.parametrize("script", [True, False])
def test_on_a_phone_what_is_done_less_often_is_folded(logged_in, live_server, iris, live, strong, script):
    """By the browser alone: the keyboard unfolds it, and no script is needed. With room nothing is folded."""
    make_past(iris, live, strong, months=1)
    path = f"{live_server.url}{reverse('admin:model-page', args=[iris.pk])}"
    state = logged_in.context.storage_state()
    context = logged_in.context.browser.new_context(java_script_enabled=script, storage_state=state)
    page = context.new_page()
    page.goto(path)
    settings = page.locator("text=Settings of the model")
    assert settings.is_visible()
    page.set_viewport_size(dict(zip(("width", "height"), SIZES["phone"], strict=True)))
    assert not settings.is_visible()
    assert page.evaluate(BUTTONS_BEFORE) <= 2
    page.focus("#more summary")
    page.keyboard.press("Enter")
    assert settings.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Retrain now…"
    context.close()


LABELS_CUT = """[...document.querySelectorAll(".timeline text")].filter(one => {
    const [text, rect] = [one, one.previousSibling].map(each => each.getBoundingClientRect());
    return text.left < rect.left || text.right > rect.right; }).length"""


def test_no_label_of_the_timeline_is_wider_than_its_stretch(logged_in, live_server, iris, live, strong):
    page = logged_in
    make_past(iris, live, strong, months=1)
    newest = Promotion.objects.latest("sequence")
    ends = [timezone.now() - timedelta(days=days) for days in (24, 20, 17, 15, 14, 13.5, 13, 12.8, 4)]
    for at, (end, version) in enumerate(zip(ends, [live, strong] * 5, strict=False)):
        flip = Promotion.objects.create(
            registered_model=iris, sequence=newest.sequence + 1 + at, version=version, kind="promote",
            replaced_version=[strong, live][at % 2], by="ada", reason="By hand.",
        )  # fmt: skip
        Promotion.objects.filter(pk=flip.pk).update(at=end)
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{live_server.url}{reverse('admin:model-page', args=[iris.pk])}")
        assert page.locator(".timeline text").count() >= 4
        assert page.evaluate(LABELS_CUT) == 0
