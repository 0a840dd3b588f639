"""One look of a schedule that fires by what is found: it leaves a sentence, and a run where it fires."""

from __future__ import annotations

from datetime import datetime

from predictions import database
from scheduling.models import Schedule, ScheduleLook
from scheduling.retraining.drifting import drift_of
from scheduling.retraining.finding import Finding
from scheduling.retraining.new_rows import new_rows_of
from scheduling.runs.occurrences import queue_found
from scheduling.sources.refusals import SourceRefused


def look(schedule: Schedule, *, now: datetime) -> str:
    """Look once, and return what was found.

    1. Ask, which may take long and writes nothing. 2. In one transaction: what was found, and the run where
    it is a reason, or neither. Another look, or an edit of the schedule meanwhile, makes this one void.
    """
    seen = ScheduleLook.objects.of(schedule)
    found = _found(seen, now)
    with database.atomic():
        now_set = Schedule.objects.select_for_update(no_key=True).by_look().filter(pk=schedule.pk).first()
        if now_set is None or now_set.spec != schedule.spec:
            return "The schedule was changed meanwhile."
        told = f"{found.sentence} {_queued(now_set, found)}" if found.fires else found.sentence
        if not ScheduleLook.objects.saw(seen, now=now, found=told):
            database.take_back()
            return "Another look was first."
    return told


def _found(seen: ScheduleLook, now: datetime) -> Finding:
    schedule = seen.schedule
    try:
        if schedule.trigger == Schedule.Trigger.NEW_ROWS:
            return new_rows_of(schedule, now=now)
        last = seen.last_run(now)
        since = last.created_at if last else None
        return drift_of(schedule.registered_model, since=since, looked_at=seen.looked_at)
    except SourceRefused as error:
        return Finding(sentence=f"Could not look: {error}")


def _queued(schedule: Schedule, found: Finding) -> str:
    run, is_new = queue_found(schedule, why=found.sentence)
    return f"Queued as run {run.pk}." if is_new else f"Already {run.status} as run {run.pk}."
