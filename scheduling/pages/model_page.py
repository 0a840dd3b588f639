"""One model's page: what was live when, how it does, its data. The number of queries is fixed."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import F
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from predictions.contract.numbers import counted
from predictions.models import Dataset, Promotion, RegisteredModel
from predictions.models.people.access import May, allowed
from predictions.paths import admin_path
from predictions.zone import to_minute
from scheduling.checks.drift.feature_drift import FeatureDrift
from scheduling.evidence.outcomes import Level
from scheduling.models import CheckResult, Look, Run
from scheduling.models.schedule import TaskName
from scheduling.pages.cards.card import Card
from scheduling.pages.cards.reasons import why_of
from scheduling.pages.charts.drawing import Segment, timeline
from scheduling.pages.charts.sparkline import HOURS, sparkline
from scheduling.pages.measured.decay import Decay, decay_of
from scheduling.pages.measured.judged import DRIFT, measured_by, newest_judged
from scheduling.pages.measured.requests_seen import requests_seen
from scheduling.pages.wellbeing.traffic import p95_by_hour

FLIPS = 24  # in the timeline
FEATURES = 15  # in the table of drift
RUNS = 60  # in the picture of the metric
AT_WORK = 5


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A version that was live for a while: from whom, why, and on which evidence."""

    flip: Promotion
    until: datetime
    is_live: bool

    @property
    def run(self) -> Run | None:
        return getattr(self.flip, "run", None)

    @property
    def reason(self) -> str:
        return why_of(self.flip)

    @property
    def href(self) -> str:
        return f"#flip-{self.flip.sequence}"

    def segment(self) -> Segment:
        flip = self.flip
        title = f"{flip.version.label} from {to_minute(flip.at)}, by {flip.by}: {self.reason}"
        seconds = max(0.0, (self.until - flip.at).total_seconds())
        return Segment(seconds=seconds, label=flip.version.label, href=self.href, title=title,
                       is_live=self.is_live)  # fmt: skip


class ModelPage:
    """The first tab, "Now and before". Each part is read when the template shows it."""

    def __init__(self, model: RegisteredModel, card: Card, user: Any, *, now: datetime) -> None:
        self.model, self.card, self.user, self.now = model, card, user, now

    @cached_property
    def stretches(self) -> list[Stretch]:
        """The newest first."""
        rows = Promotion.objects.filter(registered_model=self.model).order_by("-sequence")
        flips = list(rows.select_related("version__signature", "replaced_version__signature", "run")[:FLIPS])
        ends = [self.now, *(flip.at for flip in flips)]
        return [
            Stretch(flip=flip, until=end, is_live=place == 0)
            for place, (flip, end) in enumerate(zip(flips, ends, strict=False))
        ]

    @cached_property
    def at_work(self) -> list[Run]:
        """The runs that wait or work, the oldest first."""
        rows = Run.objects.unfinished().filter(registered_model=self.model).exclude(task=TaskName.WATCH)
        return list(rows.select_related("registered_model").order_by("pk")[:AT_WORK])

    @property
    def timeline(self) -> SafeString:
        since = to_minute(self.stretches[-1].flip.at) if self.stretches else ""
        return timeline([one.segment() for one in self.stretches[::-1]], since)

    @cached_property
    def runs(self) -> list[Run]:
        return newest_judged(self.model, RUNS)

    @cached_property
    def decay(self) -> Decay | None:
        live = self.card.live.version_id if self.card.live else None
        before = {one.flip.version_id for one in self.stretches}
        return decay_of(self.runs, measured_by(run.pk for run in self.runs), live=live, before=before)

    @property
    def failures_picture(self) -> SafeString:
        traffic = self.card.traffic
        title = f"Failed requests by hour, {traffic.failures:,} in 24 hours" if traffic else ""
        return sparkline(traffic.failed, title, ends=HOURS, zero=True) if traffic else SafeString("")

    @property
    def times_picture(self) -> SafeString:
        if self.card.live is None:
            return SafeString("")
        times = p95_by_hour([self.card.live.version_id], now=self.now)
        title = "Response time of the model by hour, 95th percentile"
        return sparkline(times, title, ends=HOURS, show=lambda ms: f"{ms:.3g} ms", zero=True)

    @cached_property
    def drift(self) -> Any:
        """What the newest run that looked found and when, with the `window` of the log that it read."""
        rows = CheckResult.objects.filter(run__in=[run.pk for run in self.runs], check_id=FeatureDrift.id)
        return rows.annotate(
            window=F("run__evidence__log__asked"), looked_at=F("run__started_at")
        ).order_by("-run_id").first()  # fmt: skip

    @property
    def drift_when(self) -> str:
        """When that was; of the newest runs also what came since then."""
        if self.drift is None or self.drift.looked_at is None:
            return ""
        look = self.card.drift
        if look and look.results[0].run_id == self.drift.run_id:
            return f"{capfirst(look.when)}."
        return f"Last looked at {to_minute(self.drift.looked_at)}."

    @property
    def drift_rests_on(self) -> str:
        return requests_seen(self.drift, self.drift.window) if self.drift else ""

    @cached_property
    def drift_of_labels(self) -> list[CheckResult]:
        """What the same run found of predictions and true labels, where they may have changed."""
        rows = CheckResult.objects.filter(run=self.drift.run_id if self.drift else None, check_id__in=DRIFT)
        told = rows.exclude(check_id=FeatureDrift.id).only("message").order_by("pk")
        return list(told.filter(level__in=[Level.WARN, Level.FAIL]))

    @cached_property
    def drift_by_feature(self) -> list[dict[str, Any]]:
        """The features that moved furthest first; only for those who may read the prediction log."""
        if self.drift is None or not allowed(self.user, May.READ_LOG, self.model):
            return []
        columns = self.drift.details.get("columns", [])
        shown = [one | {"bar": round(100 * min(1.0, one["distance"] or 0), 1)} for one in columns]
        return sorted(shown, key=lambda one: -one["bar"])[:FEATURES]

    @cached_property
    def told(self) -> str:
        """What the true labels say that came back since the live version went live."""
        watch = getattr(self.card.live, "watch", None)
        labels = (watch.evidence.get("labels") or {}) if watch else {}
        rows = (labels.get("bets") or {}).get("rows", 0)
        if not rows:
            return "No true label has come back for it that a watch could compare."
        gain = labels.get("total_gain", 0.0) / rows
        than = "lower" if gain > 0 else "higher"
        return (
            f"{counted(rows, 'true label')} came back while it was watched. Its mean loss (0 is right, 1 is "
            f"wrong) is {abs(gain):.4f} {than} than that of the version before on the same requests."
        )

    @property
    def estimated(self) -> str:
        """What the evaluation rows say of the live version."""
        return self.decay.sentence if self.decay else "No run has measured it on evaluation rows yet."


@dataclass(frozen=True, kw_only=True)
class DataRow:
    """The dataset of one role that is used now, and how often it was used."""

    dataset: Dataset
    role: str
    use: str

    @property
    def href(self) -> str:
        return admin_path("predictions_dataset_change", self.dataset.pk)


def data_of(model: RegisteredModel) -> list[DataRow]:
    """Return the newest dataset of each role."""
    found = []
    for role in Dataset.Role:
        dataset = Dataset.objects.current(model, role)
        if dataset is not None:
            looks = Look.objects.latest_of_each([dataset]) if role == Dataset.Role.EVALUATION else {}
            use = looks[dataset.pk].sentence if dataset.pk in looks else ""
            found.append(DataRow(dataset=dataset, role=role.label, use=use))
    return found
