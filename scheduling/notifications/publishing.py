"""Writing an event to the outbox, in the transaction of what happened: neither is there without the other."""

from dataclasses import asdict, dataclass
from uuid import uuid4

from django.utils import timezone

from predictions import database
from predictions.models import RegisteredModel
from scheduling.models import Delivery, Notice, Subscription
from scheduling.models.notices.subscription import Event

LONGEST = 2_000  # characters of a reason


@dataclass(frozen=True, kw_only=True)
class Told:
    """What happened, why, on what evidence: sentences without a value of a row. `page`: the admin's."""

    what: str
    why: str = ""
    evidence: str = ""
    page: str
    page_id: int | None = None


def publish(event: Event, told: Told, *, key: str, model: RegisteredModel | None = None) -> Notice | None:
    """Leave a message for each subscription; None where nobody wants to know, or the key was told before."""
    wanting = Subscription.objects.wanting(event, model)
    return _leave(event, told, wanting, key=key, model=model) if wanting else None


def publish_test(subscription: Subscription) -> Notice | None:
    """Leave a test message for one subscription, whether it is enabled or not."""
    told = Told(
        what="This is a test of a subscription.", why=f"{subscription.person} asked for it in the admin.",
        evidence="If you read this, messages arrive.",
        page="scheduling_subscription_change", page_id=subscription.pk,
    )  # fmt: skip
    model = subscription.registered_model
    return _leave(Event.TEST, told, [subscription], key=f"test {uuid4()}", model=model)


def _leave(
    event: Event, told: Told, to: list[Subscription], *, key: str, model: RegisteredModel | None
) -> Notice | None:
    now = timezone.now()
    text = asdict(told) | {"what": told.what[:300], "why": told.why[:LONGEST]}
    with database.atomic():
        notice, is_new = Notice.objects.get_or_create(
            key=key, defaults={"event": event, "registered_model": model, "at": now, **text}
        )
        if not is_new:
            return None
        Delivery.objects.bulk_create([Delivery(notice=notice, subscription=row, next_at=now) for row in to])
    return notice
