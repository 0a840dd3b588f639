"""Five questions and answers by Tab, Enter and arrows alone, with the focus in sight at each step."""

# ruff: noqa: F401, F811 - fixtures of other tests

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from mlsite.tests.browser.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
)
from predictions.models.promotion import live_version
from predictions.serving.follower import Follower
from scheduling.models import GatePolicy
from scheduling.tests.pages.past import make_past

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FARTHEST = 90  # a page of the admin has some forty links before its content
SWAP = """() => {
  const old = document.querySelector("#overview");
  old.classList.add("old");
  return htmx.ajax("GET", old.getAttribute("hx-get"), {target: old, swap: "outerHTML"});
}"""
IS_SEEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const isInside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  const isField = one.matches("input, select, textarea");  // whose border changes
  const isMarked = style.outlineStyle !== "none" || style.boxShadow !== "none" || isField;
  return one === document.body || (isInside && isMarked);
}"""


def tab_to(page, selector, *, key="Tab"):
    """Press Tab until the focus is there. A trap, or a focus that is not seen, fails."""
    for _ in range(FARTHEST):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        assert page.evaluate(IS_SEEN), f"the focus is not seen: {where}"
    pytest.fail(f"{FARTHEST} times {key} did not lead to {selector}: the focus is on {where}")


def follow(page, selector):
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.fixture
def world(iris, live, strong):
    make_past(iris, live, strong)
    Follower().step()
    return iris


@pytest.fixture
def at_the_overview(page, live_server, world):
    User.objects.create_superuser("ada", password="a long enough one")
    page.goto(f"{live_server.url}/admin/login/")
    page.keyboard.type("ada")  # the focus is on the name
    tab_to(page, "#id_password")
    page.keyboard.type("a long enough one")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page


def test_five_tasks_without_a_mouse(at_the_overview, world, live, strong, complaints):
    page = at_the_overview
    assert "Version 1.1 has been live since" in page.inner_text(".card")  # 1: what is live, since when?
    follow(page, ".card p a[href*='/scheduling/run/']")  # 2: why did it replace the one before?
    assert "f1_macro rose" in page.inner_text(".verdict")
    page.go_back()
    tab_to(page, ".card summary")  # 3: is it well now?
    page.keyboard.press("Enter")
    assert page.inner_text(".card details dl")
    follow(page, f"#model-{world.pk}")
    follow(page, "a[href$=let_a_person_decide\\/]")  # 4: let a person decide from now on
    follow(page, "#content input[type=submit]")
    assert GatePolicy.objects.get(registered_model=world).approval == "by_person"
    follow(page, "button[value=roll_back]")  # 5: put the old one back
    tab_to(page, "#id_reason")
    page.keyboard.type("It was better.")
    follow(page, "#content input[type=submit]")
    assert live_version(world) == live
    assert complaints == []


def test_what_updates_by_itself_keeps_the_focus_and_what_is_open(at_the_overview, complaints):
    page = at_the_overview
    tab_to(page, ".card summary")
    page.keyboard.press("Enter")
    for place in (".card summary", ".card footer a", ".card p a[href*='/modelversion/']"):
        tab_to(page, place, key="Tab" if "p a" not in place else "Shift+Tab")
        page.evaluate(SWAP)
        page.wait_for_selector("#overview:not(.old)")
        assert page.evaluate("place => document.activeElement.matches(place)", place)
        assert page.locator(".card details[open]").count() == 1
    assert complaints == []
