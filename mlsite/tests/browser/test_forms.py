"""Forms show only the fields that apply, and work without the script."""

# ruff: noqa: F401, F811 - fixtures of the other browser tests

import pytest
from django.urls import reverse

from mlsite.tests.browser.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
    logged_in,
)
from scheduling.models import Schedule

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OF_TRIGGER = {
    "interval": {"every_seconds", "unit"},
    "cron": {"cron"},
    "new_rows": {"every_seconds", "unit", "new_rows", "at_most_every_seconds", "rest_unit"},
    "drift": {"every_seconds", "unit", "at_most_every_seconds", "rest_unit"},
}


def test_a_schedule_shows_the_fields_of_its_trigger(logged_in, live_server, iris, complaints):
    page = logged_in
    page.goto(live_server.url + reverse("admin:scheduling_schedule_add"))
    for trigger, shown in OF_TRIGGER.items():
        page.select_option("#id_trigger", trigger)
        found = {name for name in OF_TRIGGER["new_rows"] | {"cron"} if page.is_visible(f"#id_{name}")}
        assert found == shown
    page.fill("#id_name", "nightly")
    page.select_option("#id_task", "retrain")
    page.select_option("#id_registered_model", label="iris")
    page.select_option("#id_trigger", "cron")
    page.click("[name=_save]")
    page.wait_for_selector(".errornote")
    assert page.is_visible("#id_cron")
    page.fill("#id_cron", "0 3 * * *")
    page.click("[name=_save]")
    page.wait_for_selector(".messagelist")
    assert Schedule.objects.get(name="nightly").cron == "0 3 * * *"
    assert complaints == []


def test_a_policy_shows_what_applies(logged_in, live_server, iris):
    page = logged_in
    page.goto(live_server.url + reverse("admin:scheduling_gatepolicy_change", args=[iris.policy.pk]))
    page.select_option("#id_promote_when", "better")
    assert (page.is_visible("#id_least_gain"), page.is_visible("#id_margin")) == (True, False)
    page.select_option("#id_promote_when", "not_worse")
    assert (page.is_visible("#id_least_gain"), page.is_visible("#id_margin")) == (False, True)
    for minutes, shown in (("0", False), ("60", True)):
        page.fill("#id_bake_minutes", minutes)
        page.press("#id_bake_minutes", "Tab")
        assert page.is_visible("text=How strict the watch is") is shown
    assert not page.is_visible("#id_error_tolerance")  # folded
    page.click("text=How strict the watch is")
    assert page.is_visible("#id_error_tolerance")


def test_a_recipe_and_a_source_show_what_their_kind_takes(logged_in, live_server, iris):
    page = logged_in
    page.goto(live_server.url + reverse("admin:scheduling_recipe_change", args=[iris.recipe.pk]))
    fields = ("estimator", "parameters", "trainer", "search_trials", "name_template")
    for kind, taken in (
        ("refit", set()), ("trainer", {"trainer"}), ("estimator", {"estimator", "parameters"}),
        ("search", {"estimator", "parameters", "search_trials"}),
    ):  # fmt: skip
        page.check(f"input[name=kind][value={kind}]")
        assert {name for name in fields if page.is_visible(f"#id_{name}")} == taken | {"name_template"}
        assert page.is_visible("text=For training code of your own") is (kind == "trainer")
    page.goto(live_server.url + reverse("admin:scheduling_datasource_add"))
    for kind, taken in (("query", {"database", "query"}), ("files", {"root", "pattern"}), ("log", set())):
        page.select_option("#id_kind", kind)
        names = {"database", "query", "function", "root", "pattern"}
        assert {name for name in names if page.is_visible(f"#id_{name}")} == taken
    for hold_out, taken in (("own", set()), ("group", {"hold_out_share", "group_column", "seed"})):
        page.select_option("#id_hold_out", hold_out)
        names = {"hold_out_share", "group_column", "seed"}
        assert {name for name in names if page.is_visible(f"#id_{name}")} == taken


def test_the_button_that_tries_stands_before_save_and_enter_saves(logged_in, live_server, iris):
    page = logged_in
    page.goto(live_server.url + reverse("admin:scheduling_gatepolicy_change", args=[iris.policy.pk]))
    tries, save = (page.locator(f"[name={name}]").bounding_box() for name in ("_back_test", "_save"))
    assert (tries["x"] < save["x"], abs(tries["y"] - save["y"]) < 5) == (True, True)
    page.fill("#id_floor_accuracy", "0.7")
    page.press("#id_floor_accuracy", "Enter")
    page.wait_for_selector(".messagelist")
    iris.policy.refresh_from_db()
    assert iris.policy.floors["accuracy"] == 0.7


def test_without_scripts_all_fields_are_there(browser, logged_in, live_server, iris):
    quiet = browser.new_context(java_script_enabled=False, storage_state=logged_in.context.storage_state())
    page = quiet.new_page()
    page.goto(live_server.url + reverse("admin:scheduling_schedule_add"))
    assert all(page.is_visible(f"#id_{name}") for name in OF_TRIGGER["new_rows"] | {"cron"})
    quiet.close()
