"""The lanes of the scheduler: in each one run works at a time, and no lane waits for another."""

from enum import StrEnum

from scheduling.models.schedule import TaskName


class Lane(StrEnum):
    """Where a task's runs queue up."""

    SAFETY = "safety"  # looks after what is live
    TRAINING = "training"  # heavy: two at once would only slow each other
    UPKEEP = "upkeep"  # long and light


LANE_OF: dict[str, Lane] = {
    TaskName.WATCH: Lane.SAFETY,
    TaskName.RETRAIN: Lane.TRAINING,
    TaskName.VALIDATE: Lane.TRAINING,
    TaskName.UPLOAD: Lane.TRAINING,
    TaskName.PRUNE: Lane.UPKEEP,
}


def tasks_of(lane: Lane) -> list[str]:
    """Return the tasks whose runs share this lane."""
    return [task for task, own in LANE_OF.items() if own is lane]
