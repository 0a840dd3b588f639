"""The page of simulated policies in a real browser: wide and on a phone, light and dark."""

# ruff: noqa: F401, F811 - fixtures of other tests

import pytest

from mlsite.tests.browser.test_browser import (
    _django_in_a_thread_with_a_loop,
    browser_type_launch_args,
    complaints,
    logged_in,
)
from mlsite.tests.browser.test_evidence import look
from scheduling.models import Run
from scheduling.tasks.trials import simulate
from scheduling.tests.run_factory import make_running
from scheduling.tests.simulation.past_factory import make_churn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_simulation_is_asked_for_and_read(logged_in, live_server, complaints, scheme):
    model, page = make_churn(drift=0.1), logged_in
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/admin/predictions/registeredmodel/{model.pk}/change/")
    page.click("text=Simulated policies")
    with page.expect_navigation():
        page.click("text=Simulate now")
    assert Run.objects.get().status == "queued"
    look(page, f"simulation-queued-{scheme}")
    Run.objects.all().delete()
    simulate(make_running(model, task="simulate"))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{live_server.url}/admin/predictions/registeredmodel/{model.pk}/simulation/")
        assert page.locator(".advice p").count() > 0
        assert page.locator("svg.bar").count() > 5
        look(page, f"simulation-{scheme}-{width}")
    assert complaints == []
