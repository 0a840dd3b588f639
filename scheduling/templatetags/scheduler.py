"""`{% scheduler_state as state %}`, `{% awaiting_approval as runs %}`, `{% unwatched as policies %}`.

For the admin's front page.
"""

from django import template

from scheduling.approvals import still_open
from scheduling.models import GatePolicy, Run
from scheduling.state import SchedulerState
from scheduling.state import scheduler_state as ask

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
