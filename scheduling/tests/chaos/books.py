"""Afterwards: does every promise hold? Each line is a figure, and whether it is as it must be."""

from collections import Counter
from datetime import timedelta

from predictions.models import Promotion
from scheduling.models import Run
from scheduling.tests.chaos import record
from scheduling.tests.chaos.watch import broken_links


def occurrences(first, until, seconds):
    """The times at which a schedule was due."""
    step = timedelta(seconds=seconds)
    return [first + step * i for i in range(max(0, round((until - first) / step)))]


def check(schedules, firsts, untils, folder, watch, left):
    """Return (name, figure, what it must be) for each promise."""
    due = missing = twice = 0
    for schedule in schedules:
        wanted = occurrences(firsts[schedule.pk], untils[schedule.pk], schedule.every_seconds)
        got = Counter(
            Run.objects.filter(schedule=schedule, trigger="schedule").values_list("scheduled_for", flat=True)
        )
        due += len(wanted)
        missing += len(set(wanted) - got.keys())
        twice += sum(n - 1 for n in got.values()) + len(got.keys() - set(wanted))
    begun = Counter(record.read(folder, "begun"))
    promoting = Run.objects.filter(decision="promoted", promotion__isnull=False)
    return [
        ("occurrences that were due", due, None),
        ("… without a run", missing, 0),
        ("… with two, or runs of no occurrence", twice, 0),
        ("runs", Run.objects.count(), None),
        ("… without a final status", Run.objects.unfinished().count(), 0),
        ("… begun twice", sum(n - 1 for n in begun.values()), 0),
        ("… whose retry is not one", retries_without_reason(), 0),
        ("promotions", Promotion.objects.count() - 1, None),
        (
            "… that no finished run made",
            Promotion.objects.count() - 1 - promoting.filter(status="finished").count(),
            0,
        ),
        ("… that do not replace the one before", len(broken_links()), 0),
        ("looks at the ledger", watch.looks, None),
        ("… that found no version live", watch.without_live, 0),
        ("processes left alive", len(left), 0),
    ]


def retries_without_reason():
    """Runs queued again though the run they repeat was not interrupted."""
    return Run.objects.filter(trigger="retry").exclude(retry_of__status="interrupted").count()


def statuses():
    """How the runs ended."""
    return dict(Counter(Run.objects.values_list("status", flat=True)))
