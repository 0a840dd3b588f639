"""What a person sees: Swagger and the admin in a real browser, under the content security policy."""

import os
import shutil

import pytest
from django.contrib.auth.models import User

from predictions.models import Promotion
from predictions.registry.promotion import Approval, promote
from predictions.serving.follower import Follower

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="session", autouse=True)
def _django_in_a_thread_with_a_loop():
    """Playwright runs an event loop in the thread of the test, which Django would refuse."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """The distribution's browser: Playwright's own would have to be downloaded."""
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    return {"executable_path": shutil.which("chromium"), "args": arguments}


@pytest.fixture
def complaints(page, live_server):
    """Lines of the console, failed requests, and requests to anywhere else."""
    found = []
    page.on("console", lambda line: found.append(line.text))
    page.on("requestfailed", lambda request: _note_failed(request, found))
    page.on("request", lambda request: _note_foreign(request.url, live_server.url, found))
    return found


def _note_failed(request, found):
    """A style sheet that was still on its way when the test left the page is the test's own haste."""
    if request.failure != "net::ERR_ABORTED":
        found.append(f"failed: {request.url} ({request.failure})")


def _note_foreign(url, own, found):
    if not url.startswith((own, "data:")):
        found.append(f"foreign: {url}")


@pytest.fixture
def logged_in(page, live_server):
    User.objects.create_superuser("ada", password="a long enough one")
    page.goto(f"{live_server.url}/admin/")
    page.fill("#id_username", "ada")
    page.fill("#id_password", "a long enough one")
    page.click("input[type=submit]")
    page.wait_for_selector("#user-tools")
    return page


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("predictions-predict", '"model": "rf-12-base"'),
        ("predictions-predict_model", '"prediction": 0'),
        ("open_inference-v2_infer", '"model_name": "iris"'),
    ],
)
def test_swagger_tries_the_samples_without_a_foreign_request(
    page, live_server, live, complaints, operation, answer
):
    page.goto(f"{live_server.url}/docs")
    page.click(f"#operations-{operation} .opblock-summary")
    page.click(f"#operations-{operation} button.execute")
    table = f"#operations-{operation} .live-responses-table"
    status = page.wait_for_selector(f"{table} tbody .response-col_status")
    assert status.inner_text().split()[0] == "200"
    assert answer in page.inner_text(table)
    assert complaints == []


def test_swagger_is_dark_where_the_system_is(page, live_server, live, complaints):
    page.goto(f"{live_server.url}/docs")
    page.wait_for_selector(".opblock")
    background = "getComputedStyle(document.querySelector('.swagger-ui')).backgroundColor"
    for scheme, root in (("dark", "html.dark-mode"), ("light", "html:not(.dark-mode)")):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_selector(f"{root} .swagger-ui")
        assert (page.evaluate(background) == "rgb(28, 32, 34)") is (scheme == "dark")
    assert complaints == []


def test_a_person_promotes_a_version_and_rolls_it_back(logged_in, live_server, live, strong, complaints):
    act(
        logged_in, f"{live_server.url}/admin/predictions/modelversion/", strong.pk, "promote", "It is better."
    )
    assert "1.1 is live" in logged_in.inner_text(".messagelist")
    models = f"{live_server.url}/admin/predictions/registeredmodel/"
    act(logged_in, models, live.registered_model.pk, "roll_back", "It was not.")
    assert "1.0 is live again" in logged_in.inner_text(".messagelist")
    rows = Promotion.objects.order_by("sequence").values_list("kind", "by", "reason")
    assert list(rows)[1:] == [("promote", "ada", "It is better."), ("roll_back", "ada", "It was not.")]
    assert complaints == []


def act(page, url, row, action, reason):
    """Choose a row and an action, give the reason that the confirmation asks for."""
    page.goto(url)
    page.check(f"input.action-select[value='{row}']")
    page.select_option("select[name=action]", action)
    page.click("button[name=index]")
    page.fill("#id_reason", reason)
    page.click(".submit-row input[type=submit]")
    page.wait_for_selector(".messagelist")


def test_an_auditor_reads_why_a_run_kept_the_champion(logged_in, live_server, live, strong, complaints):
    from django.utils import timezone

    from scheduling.models import Run

    run = Run.objects.create(
        task="retrain", registered_model=live.registered_model, trigger="schedule", status="finished",
        decision="kept", reason="The champion stays: worse.", candidate=strong, champion=live,
        started_at=timezone.now(), finished_at=timezone.now(),
    )  # fmt: skip
    run.results.create(
        check_id="latency", level="pass", measured={"p50_ms": 0.6123}, limit={"max_p50_ms": 50.0},
        message="p50 0.6 ms", seconds=0.001,
    )  # fmt: skip
    promote(version=strong, replacing=live.promotions.get(), approval=Approval(by="ada", reason="later"))
    Follower().step()
    logged_in.goto(f"{live_server.url}/admin/scheduling/run/")
    logged_in.click(f"#result_list a:text-is('{run.pk}')")
    assert "0.6123" not in logged_in.inner_text("#content")  # what passed is folded
    for folded in ("p50 0.6 ms", "What was measured", "Limits"):
        logged_in.click(f"details.check summary:has-text('{folded}')")
    logged_in.click("summary:has-text('Versions and data that were compared')")
    text = logged_in.inner_text("#content")
    compared = ("Candidate 1.1", "Live version 1.0")
    for shown in ("The champion stays: worse.", "Half of the answers within (ms)", "0.6123", "50", *compared):
        assert shown in text
    assert complaints == []
