"""Cases, as they are today."""

from dataclasses import replace

from scheduling.judging.inputs import case_of_today
from scheduling.models import Run


def case_of(candidate, champion=None, **changes):
    """The candidate against a champion of one's choice, live or not."""
    case = case_of_today(Run(registered_model=candidate.registered_model), candidate)
    return replace(case, champion=champion, **changes)
