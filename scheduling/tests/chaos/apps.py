"""What is different in the processes under test: fault points, short tasks and looks, and no coalescing."""

from django.apps import AppConfig


class ChaosConfig(AppConfig):
    """Installed by the chaos settings only."""

    name = "scheduling.tests.chaos"
    label = "chaos"

    def ready(self):
        """Put the fault points in, and what each lane does."""
        from scheduling.engine import job_store
        from scheduling.engine.looks import one_look, watcher
        from scheduling.tests.chaos import faults, lanes

        job_store.COALESCE = False
        one_look.ASK_SECONDS, one_look.LIMIT_SECONDS, watcher.AGAIN_SECONDS = 0.3, 6.0, 2.0
        lanes.fill()
        faults.switch_on()
