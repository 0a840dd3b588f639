"""A person subscribes, sends a test, and reads what became of it, in a real browser."""

# ruff: noqa: F401, F811 - fixtures of other tests

import pytest

from mlsite.tests.browser.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
    logged_in,
)
from mlsite.tests.browser.test_pages import look
from scheduling.models import Delivery, Subscription

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_person_subscribes_and_sends_a_test(logged_in, live_server, iris, live, strong, complaints):
    page = logged_in
    page.click("#content a[href$='/subscription/add/']")
    page.select_option("#id_person", label="ada")
    page.check("input[name=channel][value=webhook]")
    page.fill("#id_address", "http://127.0.0.1/inside")
    page.click("input[name=_test]")
    page.wait_for_selector(".field-address .errorlist, .errors.field-address")
    assert look(page, "subscription-refused") == []
    page.check("input[name=channel][value=email]")
    page.fill("#id_address", "ada@example.org")
    page.check("input[name=events][value=promoted]")
    page.click("input[name=_test]")
    page.wait_for_selector(".messagelist .success")
    assert page.url.endswith("/delivery/")
    assert look(page, "deliveries") == []
    assert (Subscription.objects.get().events, Delivery.objects.get().state) == (["promoted"], "waiting")
    page.click("#result_list tbody th a")
    assert "test" in page.inner_text("#content h1")
    assert "Waiting" in page.inner_text(".field-outcome")
    assert look(page, "delivery") == []
    page.goto(f"{live_server.url}/admin/predictions/modelversion/{strong.pk}/change/")
    assert "ada (e-mail)" in page.inner_text(".next")
    assert look(page, "version-told") == []
    assert complaints == []


def test_the_secret_of_a_webhook_is_shown_once(logged_in, live_server, complaints):
    page = logged_in
    page.goto(f"{live_server.url}/admin/scheduling/subscription/add/")
    page.select_option("#id_person", label="ada")
    page.check("input[name=channel][value=webhook]")
    page.fill("#id_address", "https://example.com/hook")
    page.check("input[name=events][value=all]")
    page.click("input[name=_save]")
    first = page.inner_text("#secret")
    assert look(page, "secret") == []
    page.reload()  # sends the form again
    assert "It was made already" in page.inner_text(".messagelist")
    assert Subscription.objects.count() == 1
    page.click("#result_list tbody th a")
    assert first not in page.content()
    assert look(page, "subscription-kept") == []
    page.click("input[name=_new_secret]")
    assert page.inner_text("#secret") != first
    assert complaints == []
