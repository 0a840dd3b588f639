"""The tasks: each does the work of a run, and closes it or raises. Door: `TASKS`."""

from collections.abc import Callable

from scheduling.models import Run
from scheduling.models.schedule import TaskName
from scheduling.tasks.candidates import register, retrain, upload, validate
from scheduling.tasks.trials import simulate, try_source
from scheduling.tasks.upkeep import prune, watch

TASKS: dict[str, Callable[[Run], None]] = {
    TaskName.RETRAIN: retrain,
    TaskName.VALIDATE: validate,
    TaskName.UPLOAD: upload,
    TaskName.REGISTER: register,
    TaskName.PRUNE: prune,
    TaskName.WATCH: watch,
    TaskName.SIMULATE: simulate,
    TaskName.TRY_SOURCE: try_source,
}
