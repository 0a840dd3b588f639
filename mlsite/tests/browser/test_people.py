"""What people decide, in a real browser under the content security policy: limits, approvers, approval."""

# ruff: noqa: F401, F811 - fixtures of the other browser tests

import pytest
from django.contrib.auth.models import User

from mlsite.tests.browser.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
    logged_in,
)
from predictions.models.promotion import live_version
from scheduling.models import CheckLimit
from scheduling.tests.run_factory import make_awaiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def model_page(live_server, iris):
    return f"{live_server.url}/admin/predictions/registeredmodel/{iris.pk}/change/"


def test_a_person_changes_a_limit_and_reads_who_did(logged_in, model_page, iris, complaints):
    page = logged_in
    page.goto(model_page)
    page.click(".object-tools >> text=Limits")
    page.click("th:has(code:text-is('latency')) a")
    assert page.get_attribute("#id_limit_max_p95_ms", "placeholder") == "100.0"
    page.fill("#id_limit_max_p95_ms", "-3")
    page.click("input[name=_save]")
    assert "greater than 0" in page.inner_text(".errorlist")
    page.fill("#id_limit_max_p95_ms", "80")
    page.click("input[name=_save]")
    page.wait_for_selector("table.checks")
    assert "80 ms" in page.locator("td.changed").all_inner_texts()
    assert "ada" in page.inner_text("table.changes >> nth=0")
    assert CheckLimit.objects.get(check_id="latency").limits == {"max_p95_ms": 80.0}
    page.click("th:has(code:text-is('latency')) a")
    page.click("a.historylink")
    assert "max_p95_ms" in page.inner_text("table.changes")
    assert complaints == []


def test_a_person_is_made_approver_and_approves(
    logged_in, live_server, model_page, iris, live, strong, complaints
):
    page = logged_in
    User.objects.create_user("bob")
    page.goto(model_page)
    page.click("a:text-is('Access')")
    page.select_option("#id_who", label="bob")
    page.click("text=Show the roles")
    page.check("label:has-text('approver') input")
    page.click("input[value=Save]")
    page.wait_for_selector(".messagelist")
    assert "bob has approver" in page.inner_text(".messagelist")
    make_awaiting(iris, strong, requested_by="cleo")
    page.goto(f"{live_server.url}/admin/")
    page.click("text=Read and answer")
    page.click("text=Approve…")
    page.fill("#id_reason", "I read the outcomes.")
    page.click(".submit-row input[type=submit]")
    page.wait_for_selector(".messagelist")
    assert "is live" in page.inner_text(".messagelist")
    assert "Approved by ada: I read the outcomes." in page.inner_text("#content")
    assert live_version(iris) == strong
    page.goto(model_page.replace("change", "history"))
    assert complaints == []


def test_letting_a_colleague_decide_takes_three_clicks(logged_in, live_server, iris, live, complaints):
    page = logged_in
    User.objects.create_user("erin")
    page.goto(f"{live_server.url}/admin/")
    page.click(".card >> text=Let a person decide…")
    page.wait_for_selector("#add_id_person")  # the admin's own window for a new account
    assert "ada" in page.inner_text("ul.ticks")
    page.select_option("#id_person", label="erin")
    page.click("input[value='Let a person decide']")
    page.wait_for_selector(".messagelist")
    assert "Who can answer: ada, erin." in page.inner_text(".messagelist")
    iris.policy.refresh_from_db()
    assert iris.policy.approval == "by_person"
    assert User.objects.get(username="erin").is_staff
    assert complaints == []
