"""What the fields of a schedule mean, and which of them belongs to which trigger."""

from typing import Any

MINIMUM_SECONDS = 10
MAXIMUM_SECONDS = 366 * 86_400
LEAST_LOOKS = 60  # seconds between two looks: each costs a process of about a second
USUAL_LOOKS, USUAL_REST = 3_600, 86_400
HELP = {
    "trigger": "interval and cron: by the clock, whether anything is new or not. new_rows: when the training "
    "source has enough rows that no version was trained on. drift: when a judged run, the watch or the "
    "prediction log shows that data or losses have changed.",
    "every_seconds": "Between two runs; for new_rows and drift between two looks (empty: every hour). A look "
    "that finds nothing is no run.",
    "cron": "Five fields, in the project's time zone: minute, hour, day of the month, month, weekday. "
    "0 3 * * mon-fri is 03:00 from Monday to Friday. "
    "If you give both a day and a weekday, it runs on either of them.",
    "new_rows": "For new_rows: how many rows have to be new. Of the prediction log a row is a true label "
    "that was told; of an uploaded file all rows are new.",
    "at_most_every_seconds": "For new_rows and drift: how long it rests after a run that it started, "
    "whatever is found then. So drift that a retraining does not cure does not retrain without end.",
}  # fmt: skip

CLOCKS = ("interval", "cron")
LOOKS = ("new_rows", "drift")
BY_CLOCK: dict[str, Any] = {"new_rows__isnull": True, "at_most_every_seconds__isnull": True}
RESTS: dict[str, Any] = {"at_most_every_seconds__isnull": False, "at_most_every_seconds__gte": 1}
OFTEN: dict[str, Any] = {"every_seconds__isnull": False, "every_seconds__gte": 1}
# Which column belongs to which triggers.
OF_TRIGGERS: dict[str, tuple[str, ...]] = {
    "every_seconds": ("interval", *LOOKS), "cron": ("cron",), "new_rows": ("new_rows",),
    "at_most_every_seconds": LOOKS,
}  # fmt: skip
