"""What is different in the processes under test: fault points, a short task, and no coalescing."""

from django.apps import AppConfig


class ChaosConfig(AppConfig):
    """Installed by the chaos settings only."""

    name = "scheduling.tests.chaos"
    label = "chaos"

    def ready(self):
        """Put the fault points in, and the task."""
        from scheduling.engine import job_store
        from scheduling.tasks import validate
        from scheduling.tests.chaos import faults, task

        job_store.COALESCE = False
        validate.run = task.run
        faults.switch_on()
