"""The overview and a model's page in a real browser: nothing is cut, and no line of the console complains.

With SCREENSHOTS set to a folder, each page is kept there as a picture.
"""

# ruff: noqa: F401, F811 - fixtures of the other browser tests

import os
from pathlib import Path

import pytest
from django.urls import reverse

from mlsite.tests.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
    logged_in,
)
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
