"""The admin's "run now" of a schedule: asks first, and queues what the schedule would."""

from predictions.tests.admin_pages import act, form_on, list_of, log_entries, question, said
from scheduling.models import Run
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with

MAY = ("view_registeredmodel", "request_run")


def test_it_asks_and_then_queues_a_run_that_says_who_asked(client, iris):
    schedule = iris.schedules.get()
    sign_in_with(client, *MAY)
    page = act(client, schedule, "run_now")
    assert not Run.objects.exists()
    reply = client.post(question(schedule, "run_now"), form_on(page))
    run = Run.objects.get()
    assert (run.task, run.trigger, run.requested_by, run.scheduled_for) == ("retrain", "manual", "ann", None)
    ((level, told),) = said(reply)
    page = f'<a href="/admin/scheduling/run/{run.pk}/change/">Run {run.pk}</a>'
    assert (level, told) == ("success", f"{page} is queued. It starts as soon as the scheduler is free.")
    assert log_entries() == [("ann", "retrain iris", "Run now")]


def test_without_its_permission_it_is_neither_offered_nor_done(client, iris):
    schedule = iris.schedules.get()
    sign_in_with(client, "view_registeredmodel", "change_policy")
    assert b'value="run_now"' not in client.get(list_of(schedule)).content
    act(client, schedule, "run_now", confirmed="yes")
    assert not Run.objects.exists()


def test_the_list_says_when_each_fires_in_words_and_in_times(client, iris):
    sign_in_superuser(client)
    text = client.get(list_of(iris.schedules.get())).content.decode()
    assert "Every 30 seconds" in text
