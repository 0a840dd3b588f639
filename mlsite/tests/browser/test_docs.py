"""The pictures of the docs, made from the pages themselves: `make pictures` writes them into docs/site."""

# ruff: noqa: F401, F811 - fixtures of other tests

import io
import os
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image

from mlsite.tests.browser.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
    logged_in,
)
from mlsite.tests.processes import ROOT
from predictions.serving.follower import Follower
from scheduling.engine.leading import take_lead
from scheduling.judging.judge import judge
from scheduling.models import GatePolicy
from scheduling.tests.conftest import api, drawn, rehearsed
from scheduling.tests.pages.past import make_past
from scheduling.tests.run_factory import make_awaiting, make_running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTH, MOST_BYTES, COLOURS = 1280, 60_000, 32
KEPT = ROOT / "docs" / "site"
HEIGHTS = {"overview": 720, "model": 900, "run": 900}  # what a reader of the page needs to see


@pytest.fixture
def take(logged_in, live_server, complaints):
    """Take the picture of a page, and keep it where PICTURES names a folder."""
    logged_in.emulate_media(color_scheme="light")

    def one(name, path):
        logged_in.set_viewport_size({"width": WIDTH, "height": HEIGHTS[name]})
        logged_in.goto(live_server.url + path)
        small = reduced(logged_in.screenshot())
        assert len(small) <= MOST_BYTES
        if folder := os.environ.get("PICTURES"):
            (Path(folder) / f"{name}.png").write_bytes(small)

    yield one
    assert complaints == []


def test_pictures_of_the_overview_and_a_model(take, iris, live, strong):
    GatePolicy.objects.update(bake_minutes=0)  # else a watch of months ago would be missed
    make_past(iris, live, strong)
    take_lead("the scheduler")
    Follower().step()
    make_awaiting(iris, live, requested_by="cleo")
    take("overview", reverse("admin:index"))
    take("model", reverse("admin:model-page", args=[iris.pk]))


def test_a_picture_of_a_run(take, iris, live, strong, api, drawn):
    run = make_running(iris)
    judge(run, strong)
    Follower().step()
    take("run", reverse("admin:scheduling_run_change", args=[run.pk]))


def reduced(png):
    """The same picture with few colours, which a page of text does not need."""
    file = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        file, "png", optimize=True
    )
    return file.getvalue()


@pytest.mark.parametrize("name", HEIGHTS)
def test_the_docs_show_them_small_and_describe_them(name):
    file = KEPT / f"{name}.png"
    assert file.stat().st_size <= MOST_BYTES
    assert Image.open(file).size == (WIDTH, HEIGHTS[name])
    pages = [page.read_text() for page in (ROOT / "docs").glob("*.md")]
    assert any(f"](site/{name}.png)" in page and "![](" not in page for page in pages)
