"""Whether the data have changed: what the newest look found, when that was, and what came since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from predictions.contract.numbers import counted
from predictions.paths import admin_path
from predictions.zone import to_minute
from scheduling.evidence.outcomes import Level
from scheduling.evidence.samples import PREDICTION_LOG
from scheduling.models import CheckResult
from scheduling.pages.wellbeing.word import Fact, Word

OF = {"feature_drift": "features", "prediction_drift": "predictions", "label_drift": "true labels"}
DRIFT = "Drift of the data"
LEAST = 100  # of fewer requests since then nothing is said


@dataclass(frozen=True, kw_only=True)
class DriftLook:
    """What one run found, when it began, and the requests since then, of all in the last 24 hours."""

    results: Sequence[CheckResult]
    at: datetime | None
    since: int
    of: int

    @property
    def is_of_requests(self) -> bool:
        """Whether real requests were looked at, and not the rows of a dataset alone."""
        names = {getattr(one, "recent", None) for one in self.results} - {None}
        return not names or PREDICTION_LOG in names

    @property
    def is_behind(self) -> bool:
        """Most requests came after it: worth a line."""
        return self.since >= LEAST and 2 * self.since > self.of

    @property
    def is_outdated(self) -> bool:
        """All requests of the last 24 hours came after it: one look a day keeps up."""
        return self.since >= LEAST and self.since >= self.of

    @property
    def page(self) -> str:
        return admin_path("scheduling_run_change", self.results[0].run_id)

    @property
    def when(self) -> str:
        """When it was, and how many requests came since then, as a clause."""
        if self.at is None:
            return ""
        came = "no request came in the last 24 hours"
        if not self.is_of_requests:
            came = "too few requests were logged, so only rows of a dataset were looked at"
        elif self.of:
            many = {0: "none", self.of: "all"}.get(self.since, f"{self.since:,}")
            came = f"{many} of the {counted(self.of, 'request')} of the last 24 hours came since then"
        return f"last looked at {to_minute(self.at)}; {came}"


def drift_fact(look: DriftLook | None) -> Fact:
    """A look that no request came before calls nothing well, whatever it found."""
    if look is None:
        return Fact(name=DRIFT, found="not looked at yet", word=Word.UNKNOWN)
    by_level = {level: [one for one in look.results if one.level == level] for level in Level}
    if failed := by_level[Level.FAIL]:
        why = f"The last run found other data than before: {failed[0].message.split(' In detail')[0]}"
        return Fact(name=DRIFT, found=_found("yes", look), word=Word.LOOK, why=why, href=look.page)
    warned = by_level[Level.WARN]
    found = f"not certain: {' and '.join(OF[one.check_id] for one in warned)}" if warned else "none"
    if look.is_of_requests and not warned and not look.is_outdated:
        return Fact(name=DRIFT, found=_found(found, look))
    word = Word.NEW_DATA if look.is_outdated else Word.UNKNOWN
    return Fact(name=DRIFT, found=_found(found, look), word=word, href=look.page)


def _found(found: str, look: DriftLook) -> str:
    return f"{found}, {look.when}" if look.when else found
