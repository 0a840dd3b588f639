"""`{% scheduler_state as state %}`, `{% awaiting_approval as runs %}`, `{% unwatched as policies %}`.

For the admin's front page.
"""

from django import template

from scheduling.approvals.approvals import still_open
from scheduling.engine.scheduler_state import SchedulerState
from scheduling.engine.scheduler_state import scheduler_state as ask
from scheduling.models import GatePolicy, Run

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
def unwatched() -> list[GatePolicy]:
    """The policies whose bake time does nothing."""
    return GatePolicy.objects.unwatched()
