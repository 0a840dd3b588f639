"""The pages: a new model, its setup (one page that tells what comes next), a new version, a new dataset."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import strip_tags

from predictions.models import RegisteredModel, Signature
from predictions.models.people.access import REGISTER, May, allowed
from predictions.paths import admin_path
from scheduling.admin.bringing.asking import asked_for, asker_of, buttons_for
from scheduling.admin.bringing.base import BringingForm
from scheduling.admin.bringing.confirming import ConfirmForm
from scheduling.admin.bringing.forms import DatasetForm, NewModelForm, VersionForm
from scheduling.admin.bringing.preview import preview_of
from scheduling.admin.bringing.receiving import taking
from scheduling.admin.bringing.telling import newest_run, there_already, told
from scheduling.admin.model_pages import ModelPages, model_for
from scheduling.admin.schedules import queue
from scheduling.models.schedule import TaskName
from scheduling.registering import asking
from scheduling.registering import telling as registered
from scheduling.runs.parcels import Parcel, copy_of, parcel

GONE = "The files were kept for a day and are gone. Send them again."


class BringingPages(ModelPages):
    """Adds them to the admin of registered models. Runs do the work; each POST is in the log of the admin."""

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("add/", wrap(self.new_view), name="model-new"),
            path("<int:pk>/setup/", wrap(self.setup_view), name="model-setup"),
            path("<int:pk>/version/", wrap(self.version_view), name="model-version"),
            path("<int:pk>/dataset/", wrap(self.dataset_view), name="model-dataset"),
            *super().get_urls(),
        ]

    @taking(*NewModelForm.checked_by.files)
    def new_view(self, request: HttpRequest, *, sent: Parcel) -> HttpResponse:
        """The first step; the run that it queues reads the files for the second."""
        if not request.user.has_perm(REGISTER):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = NewModelForm(request.POST if is_sent else None, sent, initial=request.GET.dict())
        if is_sent and form.is_valid():
            asker = asker_of(request, May.UPLOAD)
            if (
                run := asked_for(form, partial(asking.ask_for_model, asker, sent, preview=True))
            ) is not False:
                model = RegisteredModel.objects.get(name=form.asked["name"])
                return self._queued(request, model, run, "Sent the files of a new model")
        context = {"title": "Add a model", "form": form, "button": "Read the files"}
        context |= self.admin_site.each_context(request) | {"opts": self.opts, "media": self.media}
        return TemplateResponse(request, "scheduling/bringing/new_model.html", context)

    def setup_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the newest run does or found, and the next step; a POST confirms, or trains by the recipe."""
        model = model_for(request, pk, May.READ)
        run = newest_run(model)
        is_ready = model.signatures.exists()
        is_idle = run is None or not run.is_unfinished
        preview = None if is_ready or not is_idle else preview_of(model)
        if request.method == "POST" and "train" in request.POST:
            return self._trained(request, model)
        form = None
        if preview and allowed(request.user, May.UPLOAD, model):
            form = ConfirmForm(
                request.POST if request.method == "POST" else None, preview=preview, model=model
            )
            if form.is_valid() and (response := self._confirmed(request, model, form)):
                return response
        newest = Signature.objects.newest_of(model)
        return self.page(
            request, model, "scheduling/bringing/setup.html", title=f"Setup of {model}",
            told=told(run) if run else None, form=form, preview=preview, working=not is_idle,
            signature=registered.told_signature(newest), newest=newest, recipe=getattr(model, "recipe", None),
            **buttons_for(request.user, model),
        )  # fmt: skip

    @taking(*VersionForm.checked_by.files)
    def version_view(self, request: HttpRequest, pk: int, *, sent: Parcel) -> HttpResponse:
        model = model_for(request, pk, May.UPLOAD)
        form = VersionForm(request.POST if request.method == "POST" else None, sent, model=model)
        ask = partial(asking.ask_for_version, asker_of(request, May.UPLOAD), sent, model=model)
        context = {"title": "Upload a version", "button": "Upload and judge it"}
        return self._sent(request, model, form, ask, sent=sent, **context)

    @taking(*DatasetForm.checked_by.files)
    def dataset_view(self, request: HttpRequest, pk: int, *, sent: Parcel) -> HttpResponse:
        model = model_for(request, pk, May.ADD_DATASET)
        form = DatasetForm(
            request.POST if request.method == "POST" else None, sent, initial=request.GET.dict()
        )
        ask = partial(asking.ask_for_dataset, asker_of(request, May.ADD_DATASET), sent, model=model)
        return self._sent(request, model, form, ask, sent=sent, title="Add a dataset", button="Add it")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        model = self.get_object(request, unquote(object_id))
        buttons = buttons_for(request.user, model) if model else {}
        kwargs["extra_context"] = (kwargs.get("extra_context") or {}) | buttons
        return super().change_view(request, object_id, *args, **kwargs)

    def _sent(
        self, request: HttpRequest, model: RegisteredModel, form: BringingForm, ask: Any, *, sent: Parcel,
        title: str, button: str,
    ) -> HttpResponse:  # fmt: skip
        """Show a form for a model that has a signature; queue what it brings."""
        if not model.signatures.exists():
            self.message_user(request, "Register the model with its data first.", messages.WARNING)
            return HttpResponseRedirect(admin_path("model-setup", model.pk))
        if form.is_valid() and (run := asked_for(form, ask)) is not False:
            return self._queued(request, model, run, title, there_already(model, form, sent))
        template = "scheduling/bringing/file.html"
        return self.page(request, model, template, title=f"{title}: {model}", form=form, button=button)

    def _confirmed(self, request: HttpRequest, model: RegisteredModel, form: ConfirmForm) -> Any:
        """Queue the registration of the files that wait; with another option they are read again first."""
        parameters = form.preview.run.parameters
        with parcel() as sent:
            try:
                copy_of(parameters["quarantine"], parameters["files"], into=sent)
            except FileNotFoundError:
                self.message_user(request, GONE, messages.ERROR)
                return HttpResponseRedirect(f"{admin_path('model-new')}?name={model.name}")
            asker, preview = asker_of(request, May.UPLOAD), form.is_other
            run = asked_for(form, partial(asking.ask_for_model, asker, sent, preview=preview))
        if run is False:
            return None
        return self._queued(request, model, run, "Read again" if preview else "Confirmed the columns")

    def _trained(self, request: HttpRequest, model: RegisteredModel) -> HttpResponse:
        if not allowed(request.user, May.REQUEST_RUN, model):
            raise PermissionDenied
        said = queue(request, TaskName.RETRAIN, model)
        self.log_change(request, model, f"Train by the recipe: {strip_tags(said)}")
        return HttpResponseRedirect(admin_path("model-setup", model.pk))

    def _queued(
        self, request: HttpRequest, model: RegisteredModel, run: Any, what: str, there: str = ""
    ) -> HttpResponse:
        """Write down who did it, and show the page that tells what comes of it."""
        said = f"run {run.pk}" if run else "it is registered already, so nothing was queued"
        self.log_change(request, model, f"{what}: {said}")
        if run is None:
            self.message_user(request, there or f"It is registered already: {model}.", messages.WARNING)
        return HttpResponseRedirect(admin_path("model-setup", model.pk))
