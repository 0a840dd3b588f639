"""Settings are tried on recorded runs before they are saved."""

import pytest
from django.urls import reverse

from scheduling.admin.rules.back_tests import BUTTON
from scheduling.models import BackTest, CheckLimit, GatePolicy, Run
from scheduling.tasks.trials import simulate
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.admin.rules.test_policy import policy_form
from scheduling.tests.replay.replays import judged
from scheduling.tests.run_factory import make_running

pytestmark = pytest.mark.django_db


def ask(client, row, data):
    path = reverse(f"admin:scheduling_{row._meta.model_name}_change", args=[row.pk])
    return client.post(path, data | {BUTTON: "1"})


def test_a_policy_is_tried_and_not_saved(client, iris):
    sign_in_superuser(client)
    reply = ask(client, iris.policy, policy_form(iris) | {"approval": "by_person", "least_gain": "0.5"})
    run = Run.objects.get(task="simulate")
    assert (reply.status_code, reply.url) == (302, reverse("admin:scheduling_run_change", args=[run.pk]))
    asked = run.parameters["changes"]["policy"]
    assert (asked["approval"], asked["least_gain"]) == ("by_person", 0.5)
    assert GatePolicy.objects.get().approval == "automatic"


def test_the_limits_of_a_check_are_tried_with_those_that_the_form_leaves_out(client, iris):
    sign_in_superuser(client)
    row = CheckLimit.objects.create(registered_model=iris, check_id="latency")
    assert ask(client, row, {"enabled": "on", "limit_max_p95_ms": "3"}).status_code == 302
    limits = Run.objects.get(task="simulate").parameters["changes"]["limits"]["latency"]
    assert (limits["max_p95_ms"], limits["max_p50_ms"]) == (3.0, 50.0)
    assert CheckLimit.objects.get(pk=row.pk).limits == {}


def test_an_invalid_form_tells_what_is_wrong_and_asks_nothing(client, iris):
    sign_in_superuser(client)
    reply = ask(client, iris.policy, policy_form(iris) | {"least_gain": "-1"})
    assert (reply.status_code, "least_gain" in reply.context["adminform"].form.errors) == (200, True)
    assert not Run.objects.exists()


@pytest.mark.parametrize(("permissions", "status"), [([], 403), (["change_policy"], 302)])
def test_who_may_not_change_the_policy_or_request_runs_tries_nothing(client, iris, permissions, status):
    sign_in_with(client, "view_registeredmodel", *permissions)
    assert ask(client, iris.policy, policy_form(iris)).status_code == status
    assert not Run.objects.exists()


@pytest.mark.usefixtures("api", "rehearsed")
def test_the_run_judges_recorded_runs_again_and_its_page_shows_it(client, iris, live, strong):
    sign_in_superuser(client)
    then = judged(iris, strong)
    ask(client, iris.policy, policy_form(iris) | {"approval": "by_person"})
    run = make_running(iris, task="simulate", parameters=Run.objects.get(task="simulate").parameters)
    simulate(run)
    (one,) = BackTest.objects.get().result["runs"]
    assert then.decision == "promoted", then.reason
    assert (one["run"], one["then"]["kind"], one["now"]["kind"]) == (then.pk, "promoted", "awaiting_approval")
    page = client.get(reverse("admin:scheduling_run_change", args=[run.pk]))
    assert b'id="back-test"' in page.content
    assert client.get(reverse("admin:model-simulation", args=[iris.pk])).context["latest"] is None
