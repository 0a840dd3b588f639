"""All models at a glance for one person: a card each, and above them only what needs a person.

However many models there are, the database is asked equally often.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from predictions.models import Dataset, Promotion, RegisteredModel, Worker
from predictions.models.people import grants
from predictions.models.people.access import May, allowed
from predictions.serving.worker_report import ServedBy
from scheduling.approvals.approvals import still_open
from scheduling.approvals.approvers import is_requester
from scheduling.engine.scheduler_state import SchedulerState, scheduler_state
from scheduling.models import Look, Run
from scheduling.pages.cards.card import Card
from scheduling.pages.cards.needs import Need
from scheduling.pages.cards.newest import next_of_each, with_newest
from scheduling.pages.cards.refused_uploads import RefusedUploads, newest_refused, with_refused_uploads
from scheduling.pages.cards.waiting import Candidate, Waiting
from scheduling.pages.measured.better_versions import Compared, compared
from scheduling.pages.measured.judged import drift_found_by, judged_of, measured_by
from scheduling.pages.measured.judged_run import judged_runs
from scheduling.pages.wellbeing.came_since import came_since
from scheduling.pages.wellbeing.drift import DriftLook
from scheduling.pages.wellbeing.facts import SWITCHING, wellbeing
from scheduling.pages.wellbeing.same_answers import answers_of, oldest_looked_at
from scheduling.pages.wellbeing.told_labels import told_of
from scheduling.pages.wellbeing.traffic import HOUR, HOURS, live_lately, traffic_of
from scheduling.pages.wellbeing.word import Wellbeing

LOOKED = 2  # newest judged runs in which drift is looked for
RUN = ("registered_model", "candidate__signature", "champion__signature", "promotion")


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What the front page shows one person."""

    cards: list[Card]
    needs: list[Need]
    others: list[Need]  # what waits for somebody else
    scheduler: SchedulerState
    at: datetime

    @property
    def is_empty(self) -> bool:
        return not self.cards

    @property
    def has_hidden(self) -> bool:
        """Where there is no card: whether there are models that this person may not read about."""
        return RegisteredModel.objects.exists()


def overview(user: Any, *, now: datetime | None = None) -> Overview:
    """Return the overview of the models that this person may read."""
    now = now or timezone.now()
    cards = cards_of(RegisteredModel.objects.where(user, May.READ), user, now=now)
    scheduler = scheduler_state()
    all_needs = [
        *_of_the_scheduler(scheduler, cards, user),
        *(one for card in cards for one in card.all_needs),
    ]
    needs, others = (
        [one for one in all_needs if bool(one.waits_for) is is_other] for is_other in (False, True)
    )
    return Overview(cards=cards, needs=needs, others=others, scheduler=scheduler, at=now)


def cards_of(models: Any, user: Any, *, now: datetime, with_labels: bool = False) -> list[Card]:
    """Return a card of each of these models, for a person who may read about them.

    With labels it is also looked whether the answers were right: one query more.
    """
    found = _Found(models, user, now, with_labels=with_labels)
    return [found.card_of(model) for model in found.models]


def _of_the_scheduler(state: SchedulerState, cards: Sequence[Card], user: Any) -> list[Need]:
    if state.running or not cards:
        return []
    waits_for = "" if user.is_superuser else "whoever runs the servers"
    return [Need(who="Scheduler", what=state.sentence, href="", action="", waits_for=waits_for)]


class _Found:
    """Everything that the cards show, read by a fixed number of queries."""

    def __init__(self, models: Any, user: Any, now: datetime, *, with_labels: bool) -> None:
        self.now, self.user = now, user
        self.models: list[Any] = list(with_refused_uploads(with_newest(models), now))
        grants.read_all(user, self.models)
        pks = [model.pk for model in self.models]
        flips = Promotion.objects.select_related(
            "version__signature", "replaced_version__signature", "user", "run", "watch__run"
        )
        newest = flips.filter(pk__in=[m.newest_flip for m in self.models if m.newest_flip])
        newest = newest.annotate(oldest_answer=oldest_looked_at())
        self.live = {flip.registered_model_id: flip for flip in newest}
        lately = Promotion.objects.filter(registered_model__in=pks, at__gte=now - HOUR * HOURS).defer(
            "reason"
        )
        live = {flip.version_id for flip in self.live.values()}
        versions = live_lately(self.live, lately)
        self.traffic = traffic_of(versions, live=live, now=now)
        oldest: dict[int, Any] = {flip.version_id: flip.oldest_answer for flip in self.live.values()}
        self.answers = answers_of(oldest, now=now)
        self.told = told_of(live) if with_labels else {}
        self.alive = list(Worker.objects.alive())
        self.open = still_open()
        self.judged_of = {model.pk: judged_of(model) for model in self.models}
        self.runs = self._runs()
        judged = [pk for pks in self.judged_of.values() for pk in pks]
        awaited = [run.pk for run in self.open if run.registered_model_id in self.judged_of]
        self.judged, self.measured = judged_runs(judged), measured_by({*judged, *awaited})
        self.drift = self._drift(versions)
        self.waiting = self._waiting(user)
        self.looks = self._looks()
        self.next = next_of_each(pks, now)

    def _runs(self) -> dict[int, Run]:
        newest = {pk for m in self.models for pk in (*self.judged_of[m.pk][:1], m.last_retrain) if pk}
        refused = {pk for m in self.models if (pk := newest_refused(m))}
        rows = (
            Run.objects.filter(pk__in={*newest, *refused, *(run.pk for run in self.open)})
            .select_related(*RUN)
            .defer("evidence", "traceback", "notes")
        )
        return {run.pk: run for run in rows}

    def _waiting(self, user: Any) -> dict[int, Waiting]:
        """What waits for approval of each model, the newest first, and whether this person may approve."""
        found: dict[int, list[Candidate]] = {}
        for one in self.open:
            if one.registered_model_id in self.judged_of:
                run, rows = self.runs[one.pk], one.evaluation_dataset
                candidate = Candidate(
                    run=run, rows=rows.sha256 if rows else None, measured=self.measured.get(run.pk),
                    is_own=is_requester(run, user),
                )  # fmt: skip
                found.setdefault(one.registered_model_id, []).append(candidate)
        models = {model.pk: model for model in self.models}
        return {
            pk: Waiting(candidates=some, may_approve=allowed(user, May.APPROVE, models[pk]))
            for pk, some in found.items()
        }

    def _refused(self, model: Any) -> RefusedUploads | None:
        newest = newest_refused(model)
        return RefusedUploads(count=model.refused_uploads, newest=self.runs[newest]) if newest else None

    def _looks(self) -> dict[int, Look]:
        sets = Dataset.objects.filter(pk__in=[m.newest_set for m in self.models if m.newest_set])
        by_set = {one.pk: one.registered_model_id for one in sets.select_related("registered_model")}
        latest = Look.objects.latest_of_each([Dataset(pk=pk) for pk in by_set])
        return {by_set[pk]: look for pk, look in latest.items()}

    def card_of(self, model: Any) -> Card:
        live, retrain = self.live.get(model.pk), self.runs.get(model.last_retrain)
        judged = self.judged_of[model.pk]
        return Card(
            model=model, live=live, traffic=self.traffic.get(model.pk), now=self.now,
            last=self.runs.get(judged[0]) if judged else None, retrain=retrain, values=self._values(model),
            metric=next((self.measured[pk].metric for pk in judged if pk in self.measured), ""),
            next_run=self.next.get(model.pk), waiting=self.waiting.get(model.pk),
            refused=self._refused(model), look=self.looks.get(model.pk), drift=self.drift.get(model.pk),
            well=self._well(model, live) if live else None,
            may=lambda permission: allowed(self.user, permission, model),
        )  # fmt: skip

    def _well(self, model: Any, live: Promotion) -> Wellbeing:
        waiting = self.waiting.get(model.pk)
        return wellbeing(
            live=live, policy=getattr(model, "policy", None),
            served=ServedBy.among(self.alive, model.name, live.version.label),
            traffic=self.traffic[model.pk], answers=self.answers[live.version_id],
            told=self.told.get(live.version_id),
            compared=self._compared(model, live), drift=self.drift.get(model.pk),
            awaited=waiting.runs if waiting else set(), is_switching=self.now - live.at < SWITCHING,
        )  # fmt: skip

    def _compared(self, model: Any, live: Promotion) -> Compared | None:
        return compared(live.version_id, [self.judged[pk] for pk in self.judged_of[model.pk]], self.measured)

    def _drift(self, versions: Mapping[int, Collection[int]]) -> dict[int, DriftLook]:
        """What the newest run of each model found that looked, and how many requests came since then."""
        looked = {model: pks[:LOOKED] for model, pks in self.judged_of.items()}
        by_run = drift_found_by([pk for pks in looked.values() for pk in pks])
        newest: dict[int, list[Any]] = {
            model: next(filter(None, map(by_run.__getitem__, pks)), []) for model, pks in looked.items()
        }
        at = {model: found[0].looked_at for model, found in newest.items() if found}
        asked = {model: moment for model, moment in at.items() if moment and model in versions}
        since = came_since(asked, versions, self.traffic, now=self.now)
        return {
            model: DriftLook(results=newest[model], at=at[model], since=since.get(model, 0),
                             of=sum(self.traffic[model].answered) if model in self.traffic else 0)
            for model in at
        }  # fmt: skip

    def _values(self, model: Any) -> list[float | None]:
        """The metric of what was live after each judged run, the oldest first, by one metric only.

        Where a person changed since what is live, its newest value comes last.
        """
        pks = [pk for pk in self.judged_of[model.pk][::-1] if pk in self.measured]
        newest = self.measured[pks[-1]].metric if pks else ""
        pks = [pk for pk in pks if self.measured[pk].metric == newest]
        found = [self.measured[pk].live_after(self.judged[pk]) for pk in pks]
        live = self.live.get(model.pk)
        if found and live and found[-1][0] != live.version_id:
            found.append((live.version_id, self._newest_value(live.version_id, pks)))
        return [value for _, value in found]

    def _newest_value(self, version: int, pks: list[int]) -> float | None:
        """What the newest of these runs that judged the version measured of it."""
        values = (self.measured[pk].of_version(version, self.judged[pk]) for pk in pks[::-1])
        return next((value for value in values if value is not None), None)
