"""A page more of one registered model in the admin, for those who may see it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from predictions.admin.registered_models import RegisteredModelAdmin
from predictions.models import RegisteredModel
from predictions.models.people.access import allowed


class ModelPages(RegisteredModelAdmin):
    """What pages of a model share."""

    def page(
        self, request: HttpRequest, model: RegisteredModel, template: str, **context: Any
    ) -> HttpResponse:
        context |= {"model": model, "opts": self.opts, "media": self.media}
        return TemplateResponse(request, template, self.admin_site.each_context(request) | context)


def model_for(request: HttpRequest, pk: int, permission: str) -> RegisteredModel:
    """Raises `Http404`, or `PermissionDenied` where this person lacks the permission."""
    model = get_object_or_404(RegisteredModel, pk=pk)
    if not allowed(request.user, permission, model):
        raise PermissionDenied
    return model
