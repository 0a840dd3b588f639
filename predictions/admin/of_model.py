"""Admin pages of rows that belong to a registered model: people see and edit those of their models."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst

from predictions.admin.base import page_of
from predictions.admin.editing import questions
from predictions.models import RegisteredModel
from predictions.models.people.access import May, allowed, holds


class OfModel:
    """Mixed in before a `ModelAdmin`. Each row belongs to the model at the end of the path `of_model`."""

    of_model = "registered_model"
    read_by: str = May.READ
    edited_by: str = ""  # to add, change and delete; empty for nobody

    def model_of(self, row: Any) -> RegisteredModel:
        for name in filter(None, self.of_model.split("__")):
            row = getattr(row, name)
        found: RegisteredModel = row
        return found

    def may(self, request: HttpRequest, permission: str, row: Any = None) -> bool:
        """Whether this person may do it with the row; without one, whether with any."""
        if row is None:
            return holds(request.user, permission)
        return allowed(request.user, permission, self.model_of(row))

    def page_of(self, row: Any) -> str:
        """Where one reads about the row."""
        return page_of(row)

    def get_urls(self) -> list[Any]:
        return [*questions(self), *super().get_urls()]  # type: ignore[misc]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        if request.user.has_perm(self.read_by):
            return rows
        theirs = RegisteredModel.objects.where(request.user, self.read_by)
        return rows.filter(**{f"{self.of_model or 'pk'}__in": theirs})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.read_by)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.read_by, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.edited_by) and self.may(request, self.edited_by, obj)

    has_delete_permission = has_change_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer an action made by `confirmed` to those who may do it with at least one model."""
        actions: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]
        return {
            name: found
            for name, found in actions.items()
            if (needs := getattr(found[0], "needs", None)) is None or self.may(request, needs)
        }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save a row of a model that this person may edit: a list's rows and moved rows come here too."""
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        super().save_model(request, obj, form, change)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is RegisteredModel:
            kwargs["queryset"] = RegisteredModel.objects.where(request.user, self.edited_by)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class PartOfPage:
    """Mixed in before an inline: what its page lets a person do."""

    parent_model: Any
    admin_site: Any

    @property
    def _page(self) -> Any:
        return self.admin_site.get_model_admin(self.parent_model)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self._page.has_view_permission(request, obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self._page.has_change_permission(request, obj))

    has_add_permission = has_delete_permission = has_change_permission


class ModelFilter(admin.RelatedFieldListFilter):
    """The models that this person may see; shown with a single one too, so that the page does not jump."""

    def has_output(self) -> bool:
        return True

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        models = RegisteredModel.objects.where(request.user, model_admin.read_by)
        return [(model.pk, str(model)) for model in models]


class ChoicesFilter(admin.ChoicesFieldListFilter):
    """Choices as Django writes “All”: with a capital letter. In sentences they have none."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        return (one | {"display": capfirst(one["display"])} for one in super().choices(changelist))

    @classmethod
    def register_for(cls, app_label: str) -> None:
        """Use it in the lists of this app, and leave those of others as they are."""

        def is_theirs(field: Any) -> bool:
            return bool(field.choices) and field.model._meta.app_label == app_label

        admin.FieldListFilter.register(is_theirs, cls, take_priority=True)


ChoicesFilter.register_for("predictions")
