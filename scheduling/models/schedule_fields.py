"""What the fields of a schedule mean, and which of them belongs to which trigger."""

from typing import Any

MINIMUM_SECONDS = 10
MAXIMUM_SECONDS = 366 * 86_400
LEAST_LOOKS = 60  # seconds between two looks: each costs a process of about a second
USUAL_LOOKS, USUAL_REST = 3_600, 86_400
HELP = {
    "trigger": "The first two go by the clock, whether anything is new or not. The others look from time to "
    "time: for rows that no version was trained on, or for a change of the data or the losses that a "
    "judged run, the watch or the prediction log shows.",
    "every_seconds": "With an interval: the time between two runs, such as 6 hours. Where it waits for rows "
    "or drift: the time between two looks (empty: 1 hour). A look that finds nothing is no run.",
    "cron": "Five words with spaces between them, in the project's time zone: minute, hour, day of the "
    "month, month, weekday; * stands for each. For every night at 3 o'clock write 0 3 * * *; for 03:00 from "
    "Monday to Friday 0 3 * * mon-fri; for the first of each month at 06:30 write 30 6 1 * *. "
    "If you give both a day and a weekday, it runs on either of them.",
    "new_rows": "How many rows have to be new, such as 500. Of the prediction log a row is a true label "
    "that was told; of an uploaded file all rows are new.",
    "at_most_every_seconds": "How long it rests after a run that it started, such as 1 day (empty: 1 day), "
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
