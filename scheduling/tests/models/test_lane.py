"""Each task has its lane: what is heavy, what is long, and what must never wait for either."""

from scheduling.models import Run
from scheduling.models.schedule import LANE_OF, Lane, TaskName
from scheduling.tests.run_factory import make_run


def test_every_task_has_a_lane_and_every_lane_a_task():
    assert set(LANE_OF) == set(TaskName.values)
    assert set(LANE_OF.values()) == set(Lane)


def test_what_looks_after_the_live_version_waits_for_nothing_else():
    assert [task for task, lane in LANE_OF.items() if lane is Lane.SAFETY] == [TaskName.WATCH]


def test_a_lane_has_its_own_queue(iris):
    runs = {task: make_run(iris, task=task) for task in TaskName.values}
    assert list(Run.objects.queued().in_lane(Lane.TRAINING)) == [
        runs[task] for task in ("retrain", "validate", "upload", "register", "simulate")
    ]
    assert list(Run.objects.queued().in_lane(Lane.UPKEEP)) == [runs[task] for task in ("prune", "try_source")]
    assert list(Run.objects.queued().in_lane(Lane.SAFETY)) == [runs["watch"]]
