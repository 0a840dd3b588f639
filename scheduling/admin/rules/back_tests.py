"""A button on the forms of policy and limits: what their values would have decided, before they are saved."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from predictions import database
from predictions.models import RegisteredModel
from predictions.models.people.access import May, allowed
from predictions.paths import admin_path
from scheduling.models import Run
from scheduling.models.schedule import TaskName

BUTTON = "_back_test"
TRIES = "What would it have decided on the last ten runs?"


class WithBackTest(admin.ModelAdmin):
    """Of rows that say how candidates are judged; named before `OfModel`."""

    change_form_template = "scheduling/back_test_form.html"

    def changes_of(self, row: Any) -> dict[str, Any]:
        """Return the row's settings as values of `Changes`."""
        raise NotImplementedError

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """With the button, queue the run if the form is valid; else the form tells what is wrong."""
        if request.method == "POST" and BUTTON in request.POST:
            with database.atomic():  # a form may lock rows
                row = self._read(request, object_id)
            if row is not None:
                return self._requested(request, row)
        context = (extra_context or {}) | {"tries": TRIES}
        return super().changeform_view(request, object_id, form_url, context)

    def _read(self, request: HttpRequest, object_id: Any) -> Any:
        """Return the unsaved row; None where the form is invalid, or this person may not change it."""
        row = self.get_object(request, object_id) if object_id else None
        may = self.has_change_permission(request, row) if row else self.has_add_permission(request)
        if not may or (object_id and row is None):
            return None
        form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)
        return form.instance if form.is_valid() else None

    def _requested(self, request: HttpRequest, row: Any) -> HttpResponse:
        model: RegisteredModel = row.registered_model
        if not allowed(request.user, May.REQUEST_RUN, model):
            said = "You may not request runs of this model. Nothing was saved."
            self.message_user(request, said, messages.ERROR)
            return HttpResponseRedirect(admin_path("model-page", model.pk))
        run = Run.objects.enqueue(
            task=TaskName.SIMULATE, registered_model=model, trigger=Run.Trigger.MANUAL,
            parameters={"changes": self.changes_of(row)}, requested_by=request.user.get_username(),
        )  # fmt: skip
        return HttpResponseRedirect(admin_path("scheduling_run_change", run.pk))
