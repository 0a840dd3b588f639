"""The tasks: each file is one, each has `run(run)`, which closes the run or raises."""

from collections.abc import Callable
from importlib import import_module

from scheduling.models import Run
from scheduling.models.schedule import TaskName


def task_of(run: Run) -> Callable[[Run], None]:
    """Return the function that does the work of a run."""
    module = import_module(f"scheduling.tasks.{TaskName(run.task).value}")
    return module.run
