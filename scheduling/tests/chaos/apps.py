"""What is different in the processes under test: fault points, short tasks and looks, and no coalescing."""

from django.apps import AppConfig


class ChaosConfig(AppConfig):
    """Installed by the chaos settings only."""

    name = "scheduling.tests.chaos"
    label = "chaos"

    def ready(self):
        """Put the fault points in, and what each lane does."""
        from scheduling.engine import job_store
        from scheduling.engine.looks import one_look, schedule_looker, teller, watcher
        from scheduling.tests.chaos import faults, lanes

        job_store.COALESCE = False
        for module in (schedule_looker, teller, watcher):
            module.ASK_SECONDS = 0.3
        watcher.AGAIN_SECONDS, one_look.LIMIT_SECONDS = 2.0, 6.0
        lanes.fill()
        faults.switch_on()
