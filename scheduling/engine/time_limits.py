"""How long a run has spent in each stage, and whether that is too long: the fit has a limit of its own."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings

from scheduling.models.run import FITTING

STARTING = "starting"  # until the run notes its first step


@dataclass
class Stages:
    """Seconds by step of one run, as its supervisor sees the row when it looks."""

    looked: float  # when it looked last, by the monotonic clock
    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def over_limit(self, step: str, *, now: float) -> str:
        """Count the time since the last look for `step`; return why the run is to be stopped, or nothing.

        The text is a clause that stands after a colon, without a full stop.
        """
        step = step or STARTING
        self.spent[step] += now - self.looked
        self.looked = now
        is_fit = step == FITTING
        counted = self.spent[FITTING] if is_fit else sum(self.spent.values()) - self.spent[FITTING]
        name = "FIT_TIME_LIMIT_SECONDS" if is_fit else "RUN_TIME_LIMIT_SECONDS"
        limit = getattr(settings, name)
        if counted <= limit:
            return ""
        allowed = f"may take {limit} s" if is_fit else f"and all before it but the fit may take {limit} s"
        remedy = f"Raise {name}, or fit on fewer rows" if is_fit else f"Raise {name}"
        where = f"it was {step}, for {self.spent[step]:.0f} s by then"
        return f"the run was stopped at its time limit: {where}. That {allowed}. {remedy}"
