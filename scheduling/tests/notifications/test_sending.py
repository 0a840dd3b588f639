"""The outbox: sent once, retried, given up, withheld and held back; and what each channel sends."""

import base64
import hashlib
import hmac
import json
import socket
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from scheduling.models import Delivery, Notice
from scheduling.models.notices.notification import BACK_OFF, MOST_ATTEMPTS
from scheduling.models.notices.subscription import Event
from scheduling.notifications import posting, sending
from scheduling.notifications.publishing import Told, publish, publish_test
from scheduling.notifications.sending import send_due
from scheduling.operations.retention import forget_notices

TOLD = Told(
    what="iris <1.1> is live.", why="Better.", evidence="Run 3.", page="scheduling_run_change", page_id=3
)


def tell(model, event=Event.PROMOTED, key="one"):
    return publish(event, TOLD, key=key, model=model)


def again():
    """Let what waits be due now, and send it."""
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    send_due()
    return Delivery.objects.get()


def test_an_email_says_what_why_on_what_evidence_with_a_link(subscribe, iris, mailoutbox):
    subscribe()
    tell(iris)
    send_due()
    (mail,) = mailoutbox
    assert mail.to == ["ann@example.com"]
    assert mail.subject == TOLD.what
    for part in (TOLD.what, TOLD.why, TOLD.evidence, "https://models.example.com/admin/scheduling/run/3/"):
        assert part in mail.body
    assert Delivery.objects.get().state == "sent"


def test_a_webhook_is_signed_as_the_standard_says(hook, iris, httpserver):
    tell(iris)
    send_due()
    ((request, _),) = httpserver.log
    body, headers = request.get_data(), request.headers
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    sent = json.loads(body)
    assert sent["type"] == "promoted"
    assert sent["data"]["model"] == "iris"
    assert sent["data"]["why"] == "Better."


def test_slack_gets_a_text_without_commands(subscribe, iris, httpserver):
    httpserver.expect_request("/slack").respond_with_data("ok")
    subscribe(channel="slack", url=httpserver.url_for("/slack"))
    tell(iris)
    send_due()
    ((request, _),) = httpserver.log
    assert set(request.get_json()) == {"text"}
    assert "&lt;1.1&gt;" in request.get_json()["text"]


def test_the_id_is_the_same_in_each_attempt_and_a_sent_message_is_not_sent_again(subscribe, iris, httpserver):
    httpserver.expect_ordered_request("/hook").respond_with_data("no", status=500)
    httpserver.expect_ordered_request("/hook").respond_with_data("ok")
    subscribe(channel="webhook", url=httpserver.url_for("/hook"))
    tell(iris)
    send_due()
    failed = Delivery.objects.get()
    assert (failed.state, failed.attempts) == ("waiting", 1)
    assert "500" in failed.last_error
    left = (failed.next_at - timezone.now()).total_seconds()
    assert BACK_OFF[0] - 10 < left <= BACK_OFF[0]
    send_due()
    assert len(httpserver.log) == 1  # it is not due
    assert again().state == "sent"
    again()
    assert len({request.headers["webhook-id"] for request, _ in httpserver.log}) == 1
    assert len(httpserver.log) == 2


@pytest.mark.parametrize(("ahead", "sent"), [(timedelta(days=3652), 1), (timedelta(hours=9), 0)])
def test_a_message_that_a_wrong_clock_planned_for_in_ten_years_is_sent_now(
    subscribe, iris, mailoutbox, ahead, sent
):
    subscribe()
    tell(iris)
    Delivery.objects.update(next_at=timezone.now() + ahead)
    send_due()
    assert len(mailoutbox) == sent


def test_it_gives_up_after_about_a_day(subscribe, iris):
    subscribe(channel="webhook", url="http://127.0.0.1:9/hook")
    tell(iris)
    for _ in range(MOST_ATTEMPTS):
        assert Delivery.objects.get().state == "waiting"
        delivery = again()
    assert delivery.state == "gave_up"
    assert delivery.last_error
    assert 20 < sum(BACK_OFF) / 3600 < 28


@pytest.mark.parametrize(("status", "state"), [(410, "gave_up"), (302, "waiting"), (404, "waiting")])
def test_what_a_receiver_answers(subscribe, iris, httpserver, status, state):
    headers = {"Location": httpserver.url_for("/elsewhere")}
    httpserver.expect_request("/hook").respond_with_data("", status=status, headers=headers)
    subscribe(channel="webhook", url=httpserver.url_for("/hook"))
    tell(iris)
    send_due()
    assert Delivery.objects.get().state == state
    assert len(httpserver.log) == 1  # a redirect is not followed


def test_a_message_that_another_sender_has_claimed_is_not_sent(hook, iris, httpserver):
    tell(iris)
    mine, theirs = Delivery.objects.get(), Delivery.objects.get()
    now = timezone.now()
    assert Delivery.objects.claim(theirs, now=now)
    assert not Delivery.objects.claim(mine, now=now)
    sending._send(mine, now=now)
    assert not httpserver.log


def test_a_sender_killed_between_send_and_mark_sends_again_under_the_same_id(
    hook, iris, httpserver, monkeypatch
):
    tell(iris)

    class Killed(BaseException):
        """As a signal would end it."""

    with monkeypatch.context() as patch:
        patch.setattr("scheduling.models.notices.notification.DeliveryQuerySet.end", _raise(Killed))
        with pytest.raises(Killed):
            send_due()
    assert again().state == "sent"
    first, second = (request.headers["webhook-id"] for request, _ in httpserver.log)
    assert first == second


def _raise(error):
    def end(*arguments, **columns):
        raise error

    return end


def test_a_person_gets_only_what_they_may_read_when_it_is_sent(subscribe, iris, mailoutbox):
    subscribe()
    tell(iris)
    iris.public = False
    iris.save()
    send_due()
    assert Delivery.objects.get().state == "withheld"
    assert not mailoutbox


def test_an_account_that_was_closed_gets_nothing(subscribe, ann, iris, mailoutbox):
    subscribe()
    publish(Event.NO_SCHEDULER, TOLD, key="away")
    ann.is_active = False
    ann.save()
    send_due()
    assert Delivery.objects.get().state == "withheld"
    assert not mailoutbox


NIGHT = {"quiet_from": time(22), "quiet_until": time(6)}


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC)),
        (datetime(2026, 3, 2, 5, 59, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC)),
        (datetime(2026, 3, 2, 6, tzinfo=UTC), None),
        (datetime(2026, 3, 1, 21, 59, tzinfo=UTC), None),
    ],
)
def test_quiet_hours_may_pass_midnight(subscribe, now, until):
    assert subscribe(**NIGHT).held_until(now) == until


@pytest.mark.parametrize(("event", "sent"), [(Event.PROMOTED, 0), (Event.AWAITING, 0), (Event.NOT_LOADED, 1)])
def test_quiet_hours_hold_back_what_can_wait(subscribe, iris, mailoutbox, event, sent):
    subscribe(quiet_from=time(0), quiet_until=time(23, 59, 59))
    tell(iris, event)
    send_due()
    assert len(mailoutbox) == sent
    assert Delivery.objects.get().attempts == sent


def test_only_who_wants_to_know_is_told_and_once(subscribe, iris):
    subscribe(events=["promoted"])
    subscribe(events=["rolled_back"])
    subscribe(registered_model=iris)
    subscribe(enabled=False)
    assert tell(iris) is not None
    assert Delivery.objects.count() == 2
    assert tell(iris) is None
    assert Notice.objects.count() == 1


def test_a_test_goes_to_one_subscription(subscribe, mailoutbox):
    subscribe()
    publish_test(subscribe(address="team@example.com", enabled=False))
    send_due()
    assert [mail.to for mail in mailoutbox] == [["team@example.com"]]


def test_a_receiver_that_hangs_is_left(subscribe, iris, monkeypatch):
    monkeypatch.setattr(posting.time_limit.__wrapped__, "__defaults__", (0.2,))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        subscribe(channel="webhook", url=f"http://127.0.0.1:{silent.getsockname()[1]}/hook")
        tell(iris)
        send_due()
    assert Delivery.objects.get().state == "waiting"
    assert "0.2 s" in Delivery.objects.get().last_error


def test_one_round_asks_a_failing_receiver_once(subscribe, iris, mailoutbox):
    subscribe(channel="webhook", url="http://127.0.0.1:9/hook")
    subscribe()
    for key in ("one", "two", "three"):
        tell(iris, key=key)
    send_due()
    assert len(mailoutbox) == 3
    assert sorted(Delivery.objects.filter(state="waiting").values_list("attempts", flat=True)) == [0, 0, 1]


def test_prune_forgets_what_was_told_long_ago(subscribe, iris):
    subscribe()
    tell(iris)
    tell(iris, key="two")
    now = timezone.now()
    Notice.objects.filter(key="one").update(at=now - timedelta(days=31))
    forget_notices(iris, before=now - timedelta(days=30))
    assert Notice.objects.get().key == "two"
    assert Delivery.objects.count() == 1
