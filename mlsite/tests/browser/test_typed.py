"""A reason that was typed is there again after the session ended, or another tab logged in meanwhile."""

# ruff: noqa: F401, F811 - fixtures of the other browser tests

import pytest
from django.contrib.sessions.models import Session

from mlsite.tests.browser.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
    logged_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHY = "An audit is going on until Friday."


@pytest.fixture
def form(live_server, iris, live):
    return f"{live_server.url}/admin/predictions/registeredmodel/{iris.pk}/set_hold/"


def send_what_is_still_there(page, iris):
    page.wait_for_selector("#id_reason")
    assert page.input_value("#id_reason") == WHY
    page.click("#content input[type=submit]")
    page.wait_for_selector(".messagelist")
    iris.refresh_from_db()
    assert iris.held_reason == WHY


def test_after_a_session_that_ended_the_reason_is_there_once(logged_in, form, iris, complaints):
    page = logged_in
    page.goto(form)
    Session.objects.all().delete()
    page.fill("#id_reason", WHY)
    page.click("#content input[type=submit]")
    page.fill("#id_username", "ada")
    page.fill("#id_password", "a long enough one")
    page.click("input[type=submit]")
    send_what_is_still_there(page, iris)
    page.goto(form)
    assert page.input_value("#id_reason") == ""
    assert complaints == []


def test_an_old_token_leads_back_to_the_form_with_the_reason(logged_in, form, iris):
    page = logged_in
    page.goto(form)
    page.context.clear_cookies(name="csrftoken")  # as a login in another tab, which makes a new one
    page.fill("#id_reason", WHY)
    page.click("#content input[type=submit]")
    page.click("text=Back to the form")
    send_what_is_still_there(page, iris)
