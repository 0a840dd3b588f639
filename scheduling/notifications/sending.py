"""Sending what is in the outbox: at least once, and by one process at a time for each message."""

import logging
import time
from datetime import datetime

from django.utils import timezone

from predictions.contract.error_texts import kind_of
from predictions.models import RegisteredModel
from scheduling.models import Delivery
from scheduling.models.notices.notification import MOST_ATTEMPTS
from scheduling.models.notices.subscription import AT_ONCE
from scheduling.notifications.channels import SEND
from scheduling.notifications.posting import NotSent, time_limit

log = logging.getLogger("scheduling.notifications")
State = Delivery.State
LONGEST = 60.0  # seconds of one round: what is left is for the next
AT_A_TIME = 100


def send_due() -> None:
    """Send what is due. A receiver that failed is not asked again in this round."""
    began, failing = time.monotonic(), set[int]()
    due = Delivery.objects.due(timezone.now()).select_related(
        "notice__registered_model", "subscription__person", "subscription__registered_model"
    )
    for delivery in due[:AT_A_TIME]:
        if time.monotonic() - began > LONGEST:
            break
        if delivery.subscription_id in failing:
            continue
        if not _send(delivery, now=timezone.now()):
            failing.add(delivery.subscription_id)


def _send(delivery: Delivery, *, now: datetime) -> bool:
    """Send one, or say why not. False where its receiver failed."""
    if delivery.attempts >= MOST_ATTEMPTS:  # this process was killed in the last attempt
        why = delivery.last_error or "the sender was stopped in each attempt"
        return Delivery.objects.end(delivery, State.GAVE_UP, now=now, error=why)
    if not _may_read(delivery):
        why = f"{delivery.subscription.person} may not read this at the moment of sending"
        return Delivery.objects.end(delivery, State.WITHHELD, now=now, error=why)
    until = delivery.subscription.held_until(now)
    if until and delivery.notice.event not in AT_ONCE:
        return Delivery.objects.postpone(delivery, until=until)
    if not Delivery.objects.claim(delivery, now=now):
        return True
    return _attempt(delivery)


def _attempt(delivery: Delivery) -> bool:
    try:
        with time_limit():
            SEND[delivery.subscription.channel](delivery)
    except NotSent as error:
        _failed(delivery, str(error), final=error.final)
    except Exception as error:
        log.exception("%s: an unexpected error", delivery)
        _failed(delivery, f"an unexpected error ({kind_of(error)})", final=False)
    else:
        Delivery.objects.end(delivery, State.SENT, now=timezone.now())
        return True
    return False


def _failed(delivery: Delivery, why: str, *, final: bool) -> None:
    """Keep the error; the claim has planned the next attempt. Give up after the last, or if it is final."""
    attempt = delivery.attempts + 1
    log.warning("%s: attempt %s failed: %s", delivery, attempt, why)
    if final or attempt >= MOST_ATTEMPTS:
        Delivery.objects.end(delivery, State.GAVE_UP, now=timezone.now(), error=why)
    else:
        Delivery.objects.filter(pk=delivery.pk).update(last_error=why[:300])


def _may_read(delivery: Delivery) -> bool:
    person, model = delivery.subscription.person, delivery.notice.registered_model
    if not person.is_active:
        return False
    return model is None or RegisteredModel.objects.visible_to(person).filter(pk=model.pk).exists()
