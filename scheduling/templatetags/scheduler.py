"""`{% scheduler_state as state %}`: for the admin's front page."""

from django import template

from scheduling.state import SchedulerState
from scheduling.state import scheduler_state as ask

register = template.Library()


@register.simple_tag
def scheduler_state() -> SchedulerState:
    """Whether a scheduler is alive."""
    return ask()
