"""What the admin's front page warns of, such as `{% unwatched as watches %}`."""

from django import template
from django.utils import timezone

from predictions.models import Dataset
from scheduling.approvals.approvals import still_open
from scheduling.engine.scheduler_state import scheduler_state
from scheduling.models import Look, Watch

register = template.Library()
register.simple_tag(scheduler_state)
register.simple_tag(still_open, name="awaiting_approval")


@register.simple_tag
def unwatched() -> list[Watch]:
    """The live versions that nobody looked at in time."""
    return list(Watch.objects.to_tell(timezone.now()))


@register.simple_tag
def worn_sets() -> list[Look]:
    """The last use of each current evaluation set that should get new labels, by the name of its model."""
    current = Dataset.objects.current_of_each(Dataset.Role.EVALUATION)
    looks = [look for look in Look.objects.latest_of_each(current.values()).values() if look.is_worn]
    return sorted(looks, key=lambda look: look.evaluation_dataset.registered_model.name)
