"""Afterwards: does every promise hold? Each line is a figure, and whether it is as it must be."""

from collections import Counter
from datetime import timedelta

from django.db.models import F, Q

from predictions.models import Promotion
from scheduling.models import Run, Watch
from scheduling.tests.chaos import record
from scheduling.tests.chaos.events import PERSON
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
    return [
        ("occurrences that were due", due, None),
        ("… without a run", missing, 0),
        ("… with two, or runs of no occurrence", twice, 0),
        ("runs", Run.objects.count(), None),
        ("… without a final status", Run.objects.unfinished().count(), 0),
        ("… begun twice", sum(n - 1 for n in begun.values()), 0),
        ("… whose retry is not one", retries_without_reason(), 0),
        *of_the_ledger(),
        ("… that do not replace the one before", len(broken_links()), 0),
        ("looks at the ledger", watch.looks, None),
        ("… that found no version live", watch.without_live, 0),
        *of_the_watches(folder),
        ("processes left alive", len(left), 0),
    ]


def of_the_ledger():
    """Each row was made by one run, which ended well."""
    flips, backs = (Promotion.objects.filter(kind=kind) for kind in ("promote", "roll_back"))
    by_people = flips.filter(Q(sequence=1) | Q(by=PERSON))
    promoting = Run.objects.filter(decision="promoted", promotion__isnull=False, status="finished")
    acted = Watch.objects.filter(status="rolled_back", run__status="finished", run__task="watch")
    return [
        ("promotions", flips.count(), None),
        ("… by a person, and the first", by_people.count(), None),
        ("… that no finished run made", flips.count() - by_people.count() - promoting.count(), 0),
        ("roll backs", backs.count(), None),
        ("… that no finished run of a watch made", backs.count() - acted.count(), 0),
        ("… of another flip than the watched one", acted.exclude(rolls_back_its_flip()).count(), 0),
    ]


def rolls_back_its_flip():
    """The row after it."""
    return Q(roll_back__sequence=F("promotion__sequence") + 1)


def of_the_watches(folder):
    """Each flip has one, and each ends."""
    live = Promotion.objects.latest()
    flips = Promotion.objects.filter(kind="promote", replaced_version__isnull=False)
    looks = [line.split()[1] for line in record.read(folder, "looked")]
    return [
        ("watches", dict(Counter(Watch.objects.values_list("status", flat=True))), None),
        ("… flips without one", flips.filter(watch=None).count(), 0),
        ("… open though another flip came after", Watch.objects.open().exclude(promotion=live).count(), 0),
        ("looks", len(looks), None),
        ("… beside a training", looks.count("beside"), None),
    ]


def retries_without_reason():
    """Runs queued again though the run they repeat was not interrupted."""
    return Run.objects.filter(trigger="retry").exclude(retry_of__status="interrupted").count()


def statuses():
    """How the runs ended."""
    return dict(Counter(Run.objects.values_list("status", flat=True)))
