"""What the admin's front page warns of, for one person: `{% unwatched user as watches %}`."""

from typing import Any

from django import template
from django.utils import timezone

from predictions.models import Dataset, RegisteredModel
from predictions.models.access import May
from scheduling.approvals.approvals import still_open
from scheduling.engine.scheduler_state import scheduler_state
from scheduling.models import Look, Run, Watch

register = template.Library()
register.simple_tag(scheduler_state)


@register.simple_tag
def awaiting_approval(user: Any) -> list[Run]:
    """The runs that a person can approve now."""
    theirs = set(_theirs(user).values_list("pk", flat=True))
    return [run for run in still_open() if run.registered_model_id in theirs]


@register.simple_tag
def unwatched(user: Any) -> list[Watch]:
    """The live versions that nobody looked at in time."""
    watches = Watch.objects.to_tell(timezone.now())
    return list(watches.filter(promotion__registered_model__in=_theirs(user)))


@register.simple_tag
def worn_sets(user: Any) -> list[Look]:
    """The last use of each current evaluation set that should get new labels, by the name of its model."""
    sets = Dataset.objects.filter(registered_model__in=_theirs(user))
    current = sets.current_of_each(Dataset.Role.EVALUATION)
    looks = [look for look in Look.objects.latest_of_each(current.values()).values() if look.is_worn]
    return sorted(looks, key=lambda look: look.evaluation_dataset.registered_model.name)


def _theirs(user: Any) -> Any:
    return RegisteredModel.objects.where(user, May.READ)
