"""`python -m scheduling.tests.chaos --events 40`: on the database of DATABASE_URL, or on SQLite."""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TTL = 2


def main():
    """Run the play, print the figures; exit with 1 where a promise is broken."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--events", type=int, default=12, help="kills, freezes and restarts")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(play(Path(folder), options.events, options.seed))


def environment_of(folder):
    """What the processes under test get."""
    database = os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'db.sqlite3'}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "scheduling.tests.chaos.settings",
        "DATABASE_URL": database,
        "VAR_DIR": str(folder / "var"),
        "MEDIA_ROOT": str(folder / "media"),
        "CHAOS_FOLDER": str(folder),
        "CHAOS_FAULTS": "0.02",
        "LEASE_SECONDS": str(TTL),
        "RUN_TIME_LIMIT_SECONDS": "6",
        "OPENBLAS_NUM_THREADS": "1",
    }


def play(folder, events, seed):
    """Set the stage, let things happen, end it, check the books."""
    environment = environment_of(folder)
    os.environ.update(environment | {"CHAOS_FAULTS": "0"})
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from scheduling.tests.chaos import books
    from scheduling.tests.chaos import events as happenings
    from scheduling.tests.chaos.stage import Scheduler, end_all
    from scheduling.tests.chaos.watch import Watch

    schedules = happenings.set_the_stage()
    watch, chance = Watch(folder), random.Random(seed)
    watch.start()
    with open(folder / "log", "ab") as log:
        schedulers = [Scheduler(environment, log) for _ in range(2)]
        firsts = happenings.first_times(schedules, schedulers)
        began = time.monotonic()
        happened = happenings.let_happen(events, chance, schedulers, folder, watch, TTL)
        seconds = time.monotonic() - began
        left = end_all(schedulers, folder)
        untils = happenings.switch_off(schedules)
        subprocess.run(
            [sys.executable, "manage.py", "runapscheduler", "--once"],
            env=environment | {"CHAOS_FAULTS": "0"}, stdout=log, stderr=log, check=True, timeout=120,
        )  # fmt: skip
    watch.end()
    figures = books.check(schedules, firsts, untils, folder, watch, left)
    return report(folder, seed, seconds, happened, schedulers, watch, figures, books.statuses(), left)


def report(folder, seed, seconds, happened, schedulers, watch, figures, statuses, left):
    """Print what happened and what is wrong; return the exit code."""
    from django.db import connection

    from scheduling.tests.chaos import record

    faults = [line.split()[0] for line in record.read(folder, "faults")]
    say(f"chaos on {connection.vendor}, seed {seed}, {seconds:.0f} s, TTL {TTL} s")
    say(f"  happened: {counted(happened)}")
    say(f"  fault points that killed: {counted(faults)}")
    say(f"  exit codes of the schedulers: {counted(code for s in schedulers for code in s.codes)}")
    for what, times in watch.takeovers.items():
        if times:
            say(f"  taken over after a leader was {what}: {len(times)} times, "
                f"{min(times):.1f} to {max(times):.1f} s, median {statistics.median(times):.1f}")  # fmt: skip
    say(f"  runs by status: {statuses}")
    wrong = [name for name, figure, must in figures if must is not None and figure != must]
    for name, figure, _ in figures:
        say(f"  {name}: {figure}{'   <-- WRONG' if name in wrong else ''}")
    if wrong:
        say("\n".join(left.values()))
        say((folder / "log").read_text()[-20_000:])
    return 1 if wrong else 0


def counted(things):
    """Each thing with how often it is there."""
    things = [str(thing) for thing in things]
    return ", ".join(f"{things.count(thing)} {thing}" for thing in sorted(set(things))) or "none"


def say(line):
    """To standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
