"""`{% scheduler_state as state %}`, `{% awaiting_approval as runs %}`, `{% unwatched as watches %}`.

For the admin's front page.
"""

from django import template
from django.utils import timezone

from scheduling.approvals.approvals import still_open
from scheduling.engine.scheduler_state import SchedulerState
from scheduling.engine.scheduler_state import scheduler_state as ask
from scheduling.models import Run, Watch

register = template.Library()


@register.simple_tag
def scheduler_state() -> SchedulerState:
    """Whether a scheduler is alive."""
    return ask()


@register.simple_tag
def awaiting_approval() -> list[Run]:
    """The runs that a person can approve now."""
    return still_open()


@register.simple_tag
def unwatched() -> list[Watch]:
    """The live versions at which nobody looks, or looked in time."""
    return list(Watch.objects.to_tell(timezone.now()))
