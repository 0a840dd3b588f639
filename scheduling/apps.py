"""The application's name for Django, and what happens with each flip."""

from django.apps import AppConfig
from django.core.checks import register
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_save


class SchedulingConfig(AppConfig):
    """When to validate, what to pass, what happened."""

    name = "scheduling"
    default_auto_field = "django.db.models.BigAutoField"  # whatever the project has for its own tables
    verbose_name = "Schedules, runs and decisions"
    urls_with_predictions = "scheduling.urls"
    tables_with_predictions = ("scheduling", "django_apscheduler")
    schema_enums = {
        "RunStatusEnum": "scheduling.models.run.Run.Status",
        "WatchStatusEnum": "scheduling.models.watch.Watch.Status",
        "RunTriggerEnum": "scheduling.models.run.Run.Trigger",
        "ScheduleTriggerEnum": "scheduling.models.schedule.Schedule.Trigger",
        "ScheduleTaskEnum": "scheduling.models.schedule.SCHEDULABLE",
        "TaskEnum": "scheduling.models.schedule.TaskName",
        "SourceKindEnum": "scheduling.models.setup.data_source.DataSource.Kind",
        "RecipeKindEnum": "scheduling.models.setup.recipe.Recipe.Kind",
        "HoldOutEnum": "scheduling.models.setup.data_source.DataSource.HoldOut",
        "AnswerEnum": "scheduling.models.approval.ApprovalAnswer.Kind",
    }

    def import_models(self) -> None:
        """Import them. Raises `ImproperlyConfigured` where predictions is missing, or another package."""
        try:
            from predictions.needed_apps import refuse_to_load_without
        except ImportError:
            raise ImproperlyConfigured("The package predictions is not ours: yours hides it.") from None
        refuse_to_load_without("predictions", "django_apscheduler", who=self.name)
        super().import_models()

    def ready(self) -> None:
        """Let each row of the ledger open its watch, and `migrate` make the agreements of the tables."""
        from predictions.api import api_errors
        from predictions.models.agreements import keep
        from predictions.registry.promotion import about_to_promote
        from scheduling.approvals.past_approval import lapse_after, refuse_past_approval
        from scheduling.engine import system_checks  # noqa: F401
        from scheduling.models.agreements import AGREEMENTS
        from scheduling.notifications import system_checks as of_subscriptions  # noqa: F401
        from scheduling.notifications.events import listen
        from scheduling.runs import system_checks as of_runs  # noqa: F401
        from scheduling.uploads.system_checks import check_uploads
        from scheduling.views.api_errors import STATUS_AND_CODE
        from scheduling.watch.opening import on_new_row

        api_errors.know(STATUS_AND_CODE)
        keep(self, AGREEMENTS)
        register(check_uploads, deploy=True)
        post_save.connect(on_new_row, sender="predictions.Promotion", dispatch_uid="open the watch")
        post_save.connect(lapse_after, sender="predictions.Promotion", dispatch_uid="lapse approvals")
        about_to_promote.connect(refuse_past_approval, dispatch_uid="no way past an approval")
        listen()
