"""How long a run has spent in each stage, and whether that is too long: some have a limit of their own."""

from collections import defaultdict
from dataclasses import dataclass, field

from predictions.conf import config, setting_name
from scheduling.models.run import FITTING, READING

STARTING = "starting"  # until the run notes its first step
# The child ends a source at its limit by itself and says why; this ends what does not listen.
OWN = {FITTING: ("FIT_TIME_LIMIT_SECONDS", 0), READING: ("SOURCE_TIME_LIMIT_SECONDS", 30)}


@dataclass
class Stages:
    """Seconds by step of one run, as its supervisor sees the row when it looks."""

    looked: float  # when it looked last, by the monotonic clock
    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def over_limit(self, step: str, *, now: float) -> str:
        """Count the time since the last look for `step`; return why the run is to be stopped, or nothing.

        The text is a clause that stands after a colon, without a full stop.
        """
        step = next((own for own in OWN if step.startswith(own)), step or STARTING)
        self.spent[step] += now - self.looked
        self.looked = now
        others = sum(seconds for name, seconds in self.spent.items() if name not in OWN)
        setting, grace = OWN.get(step, ("RUN_TIME_LIMIT_SECONDS", 0))
        limit = getattr(config, setting)
        if (self.spent[step] if step in OWN else others) <= limit + grace:
            return ""
        allowed = (
            f"may take {limit} s" if step in OWN else f"and all before it but the fit may take {limit} s"
        )
        remedy = f"Raise {setting_name(setting)}, or {'fit on' if step == FITTING else 'read'} fewer rows"
        remedy = remedy if step in OWN else f"Raise {setting_name(setting)}"
        where = f"it was {step}, for {self.spent[step]:.0f} s by then"
        return f"the run was stopped at its time limit: {where}. That {allowed}. {remedy}"
