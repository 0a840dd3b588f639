"""When a watch begins and ends. It begins in the transaction of the flip, so that none can be forgotten."""

import logging
from datetime import datetime, timedelta
from typing import Any

from predictions.models import Promotion
from predictions.models.base import A_LITTLE
from predictions.zone import to_minute
from scheduling.models import GatePolicy, Watch

log = logging.getLogger("scheduling.watch.opening")
LIMITS = (
    "bake_minutes", "watch_alpha", "watch_anonymous", "error_tolerance", "latency_tolerance", "mix_tolerance",
    "loss_tolerance",
)  # fmt: skip


def on_new_row(instance: Promotion, *, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Receive the ledger's `post_save`. The rows of a fixture are not new promotions."""
    if created and not raw:
        open_watch(instance)


def open_watch(promotion: Promotion) -> Watch | None:
    """Return the new watch; None without a bake time, and for roll backs and first versions."""
    if promotion.kind != Promotion.Kind.PROMOTE or promotion.replaced_version_id is None:
        return None
    policies = GatePolicy.objects.filter(registered_model=promotion.registered_model_id)
    policy = policies.filter(bake_minutes__gt=0).first()
    if policy is None:
        return None
    until = promotion.at + timedelta(minutes=policy.bake_minutes)
    log.info("%s is watched until %s", promotion, to_minute(until))
    columns = {"until": until, "counted_until": promotion.at, "limits": limits_of(policy)}
    return Watch.objects.create(promotion=promotion, **columns)


def limits_of(policy: GatePolicy) -> dict[str, Any]:
    """What the policy says of the watch, to be kept as it is at the flip."""
    return {name.removeprefix("watch_"): getattr(policy, name) for name in LIMITS}


def bounded(watch: Watch, *, now: datetime) -> Watch:
    """Return the watch; one that a wrong clock dated in the future, or made too long, begins now."""
    until = now + timedelta(minutes=watch.limits["bake_minutes"])
    if watch.counted_until <= now + A_LITTLE and watch.until <= until + A_LITTLE:
        return watch
    was = f"from {to_minute(watch.counted_until)} until {to_minute(watch.until)}"
    since, until = min(watch.counted_until, now), min(watch.until, until)
    if Watch.objects.saw(watch, now=now, counted_until=since, until=until):
        log.warning("%s was planned %s, because a clock was wrong. It begins now instead.", watch, was)
    watch.refresh_from_db(fields=["counted_until", "until", "status", "looked_at"])
    return watch
