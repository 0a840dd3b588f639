"""Who is told of a model, for pages: people and channels, never an address."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from predictions.models import RegisteredModel
from predictions.models.people.access import May, allowed
from predictions.paths import admin_path
from scheduling.models import Subscription
from scheduling.models.notices.subscription import events_in_words

MOST = 5


@dataclass(frozen=True, kw_only=True)
class WhoIsTold:
    """The subscriptions of those who may read about the model, and where one adds or changes one's own."""

    rows: list[tuple[str, str]]  # who, by which channel; and of what
    more: int
    mine: str  # where this person's own are
    add: str


def who_is_told_of(model: RegisteredModel) -> WhoIsTold:
    """Return it for the first `MOST` subscriptions: one query, and those of the rights of these people."""
    found = list(Subscription.objects.concerning(model))
    return WhoIsTold(
        rows=[(name_of(row), events_in_words(row.events)) for row in readers_of(model, found[:MOST])],
        more=len(found[MOST:]),
        mine=admin_path("scheduling_subscription_changelist"),
        add=admin_path("scheduling_subscription_add", query={"registered_model": model.pk}),
    )


def readers_of(model: RegisteredModel, rows: Iterable[Subscription]) -> Iterator[Subscription]:
    """Yield the subscriptions of those who may read about the model."""
    return (row for row in rows if row.person.is_active and allowed(row.person, May.READ, model))


def name_of(row: Subscription) -> str:
    """Return who is told, and by which channel."""
    return f"{row.person} ({row.get_channel_display()})"
