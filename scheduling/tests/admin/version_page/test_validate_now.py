"""The admin's "validate now": asks first, needs its own permission, and leaves the work to the scheduler."""

import pytest
from django.contrib.auth.models import User

from predictions.models import ModelVersion, Promotion
from predictions.models.people.roles import give
from predictions.tests.admin_pages import act, form_on, list_of, log_entries, question, said
from scheduling.models import GatePolicy, Run
from scheduling.tests.admin.people import sign_in_with
from scheduling.tests.run_factory import EPOCH

MAY = ("view_registeredmodel", "validate_version")


def test_it_asks_before_it_does_anything(client, live, strong):
    sign_in_with(client, *MAY)
    page = act(client, strong, "validate_now")
    assert page.status_code == 200
    assert "iris 1.1" in page.content.decode()
    assert "Validate now" in page.content.decode()
    assert not Run.objects.exists()
    assert log_entries() == []


def test_where_a_person_decides_it_says_so_and_names_who_can_answer(client, live, strong):
    model = strong.registered_model
    ann = sign_in_with(client, *MAY)
    for person in (ann, User.objects.create_user("mia", is_staff=True)):
        give(person, {"approver"}, model)
    asked = act(client, strong, "validate_now").context
    assert asked["warning"].startswith(
        "A run judges it: it is compared with the live version, and goes live if it passes"
    )
    assert asked["shown"] == ""
    GatePolicy.objects.update(approval="by_person")
    asked = act(client, strong, "validate_now").context
    assert "and waits for a person if it passes.\nNobody may approve" in asked["warning"]
    assert asked["shown"] == "<p>Who can answer: mia. </p>"
    ModelVersion.objects.update(source="uploaded", created_by="mia")
    assert "Until then every candidate lapses." in act(client, strong, "validate_now").context["shown"]


def test_confirmed_it_queues_a_run_that_says_who_asked(client, live, strong):
    sign_in_with(client, *MAY)
    form = form_on(act(client, strong, "validate_now"))
    reply = client.post(question(strong, "validate_now"), form)
    run = Run.objects.get()
    assert (run.task, run.status, run.trigger) == ("validate", "queued", "manual")
    assert (run.requested_by, run.parameters) == ("ann", {"version": "1.1"})
    ((level, told),) = said(reply)
    assert (level, f"Run {run.pk}</a> is queued" in told) == ("success", True)
    assert log_entries() == [("ann", "iris 1.1", "Validate now")]
    assert Promotion.objects.count() == 1


@pytest.mark.usefixtures("api", "rehearsed")
def test_what_it_queues_is_a_run_that_can_be_done(client, live, strong):
    from django.core.management import call_command

    sign_in_with(client, *MAY)
    act(client, strong, "validate_now", confirmed="yes")
    run = Run.objects.get()
    Run.objects.claim(run, epoch=EPOCH)
    call_command("runjob", str(run.pk), epoch=EPOCH)
    run.refresh_from_db()
    assert (run.decision, run.candidate) == ("promoted", strong)


@pytest.mark.parametrize("permissions", [(), ("promote_version", "change_policy")])
def test_without_its_permission_it_is_neither_offered_nor_done(client, live, permissions):
    sign_in_with(client, "view_registeredmodel", *permissions)
    assert b'value="validate_now"' not in client.get(list_of(live)).content
    act(client, live, "validate_now", confirmed="yes")
    assert not Run.objects.exists()


def test_one_version_at_a_time(client, live, strong):
    sign_in_with(client, *MAY)
    both = list(ModelVersion.objects.values_list("pk", flat=True))
    reply = act(client, live, "validate_now", _selected_action=both)
    assert [level for level, _ in said(reply)] == ["warning"]
    assert not Run.objects.exists()


def test_promote_is_still_there_beside_it(client, live):
    sign_in_with(client, "view_registeredmodel", "validate_version", "promote_version")
    page = client.get(list_of(live)).content
    assert b'value="validate_now"' in page
    assert b'value="promote"' in page
