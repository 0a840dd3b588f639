"""The evidence page in a real browser: in the admin, over the API and from disk, light and dark."""

# ruff: noqa: F401, F811 - fixtures of other tests

import os

import pytest

from mlsite.tests.browser.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
    logged_in,
)
from scheduling.judging.judge import judge
from scheduling.models import Run
from scheduling.tests.conftest import api, drawn, rehearsed
from scheduling.tests.run_factory import make_running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = {"gain", "confusion", "calibration", "latency", "drift"}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
COLOUR = "element => getComputedStyle(element).fill"
BORDER = "element => getComputedStyle(element).borderLeftWidth"


@pytest.fixture
def judged(iris, live, strong, api, drawn):
    run = make_running(iris)
    judge(run, strong)
    return run


def titles(page):
    """The titles of the pictures, by which a screen reader names them."""
    return {one.get_attribute("id").removesuffix("-title") for one in page.query_selector_all("svg > title")}


def look(page, name):
    """A screenshot to look at, where SCREENSHOTS names a folder."""
    assert page.evaluate(FITS)
    folder = os.environ.get("SCREENSHOTS")
    taken = page.screenshot(full_page=True, path=f"{folder}/{name}.png" if folder else None)
    assert taken.startswith(b"\x89PNG")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_sceptic_reads_it_in_the_admin(logged_in, live_server, judged, complaints, scheme, width):
    page = logged_in
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/admin/scheduling/run/")
    look(page, f"runs-{scheme}-{width}")
    page.click("#result_list tbody th a")
    page.wait_for_selector(".evidence")
    assert ": better." in page.inner_text(".verdict")
    assert titles(page) >= PICTURES
    words = page.wait_for_selector(".verdict p").evaluate("element => getComputedStyle(element).color")
    assert page.wait_for_selector("svg text").evaluate(COLOUR) == words
    look(page, f"run-{scheme}-{width}")
    page.click(".made a >> nth=0")
    page.wait_for_selector("#versus")
    look(page, f"version-{scheme}-{width}")
    assert complaints == []


def test_a_run_at_work_is_fetched_again_until_it_has_ended(logged_in, live_server, iris, complaints):
    page, run = logged_in, make_running(iris, step="running the check latency")
    page.goto(f"{live_server.url}/admin/scheduling/run/{run.pk}/change/")
    assert "running the check latency" in page.inner_text("#run")
    Run.objects.filter(pk=run.pk).update(**Run.ended_columns("cancelled", "Cancelled by bob."))
    page.wait_for_selector("text=Cancelled by bob.")
    assert page.get_attribute("#run", "hx-get") is None
    assert complaints == []


def test_a_person_tries_a_version(logged_in, live_server, live, complaints):
    page = logged_in
    page.goto(f"{live_server.url}/admin/predictions/modelversion/{live.pk}/change/")
    page.fill("#id_f3", "-1")
    page.click("form.try button")
    page.wait_for_selector(".try .errorlist")
    page.fill("#id_f3", "0.2")
    page.click("form.try button")
    page.wait_for_selector(".answer")
    assert "species: 0" in page.inner_text(".answer")
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_file_is_styled_over_http_and_from_disk(page, live_server, judged, complaints, tmp_path, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/api/runs/{judged.pk}/evidence.html")
    assert page.wait_for_selector(".verdict").evaluate(BORDER) != "0px"
    look(page, f"evidence-file-{scheme}")
    assert complaints == []
    file = tmp_path / "evidence.html"
    file.write_text(page.request.get(page.url).text())
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: said.append(line.text))
    page.goto(file.as_uri())
    assert page.wait_for_selector(".verdict").evaluate(BORDER) != "0px"
    assert titles(page) >= PICTURES - {"drift"}  # distributions are for those who may read values
    assert asked == [file.as_uri()]
    assert said == []
