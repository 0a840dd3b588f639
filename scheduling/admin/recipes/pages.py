"""Recipes in the admin: what trains, by a form that explains each kind."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect

from predictions.admin.base import column
from predictions.admin.editing import WithHistory
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.admin.values import HOW, write_values
from predictions.conf import config
from predictions.models.people.access import May
from predictions.paths import admin_path
from scheduling.admin.applies import SCRIPT, apply_only, by_choice
from scheduling.admin.recipes.parameters import ParametersField, ParametersWidget
from scheduling.models import Recipe
from scheduling.models.setup.estimators import ESTIMATORS, PARAMETERS
from scheduling.models.setup.recipe import HELP, OF_A_SEARCH, TAKEN, fitting_estimators

HOW_TYPED = f"Numbers, true, false, none, or a text. {HOW} A value that is a list itself: [10, 5]."


class RecipeForm(forms.ModelForm):
    """Parameters are lines."""

    parameters = ParametersField(required=False, help_text=f"{HELP['parameters']} {HOW_TYPED}")

    class Meta:
        model = Recipe
        fields = (
            "registered_model",
            "kind",
            "estimator",
            "parameters",
            "trainer",
            *OF_A_SEARCH,
            "name_template",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        apply_only(self, by_choice("kind", TAKEN))
        if "estimator" in self.fields:
            self._offer_estimators(cast(forms.ChoiceField, self.fields["estimator"]))
        if "parameters" in self.fields:
            widget = cast(ParametersWidget, self.fields["parameters"].widget)
            widget.allowed = PARAMETERS.get(self.instance.estimator, {})

    def _offer_estimators(self, offered: forms.ChoiceField) -> None:
        """Those that fit the task of the model, where the page knows the model."""
        model = self.instance.registered_model_id
        if model is None:
            chosen, models = self["registered_model"].value(), self.fields["registered_model"]
            known = cast(Any, models).queryset.values_list("pk", flat=True)
            model = next((pk for pk in known if str(pk) == str(chosen)), None)
        fitting = fitting_estimators(model)
        offered.choices = [("", "–"), *((name, name) for name in sorted(fitting))]


@admin.register(Recipe)
class RecipeAdmin(OfModel, WithHistory):
    """How candidates are trained."""

    class Media:
        css: ClassVar[Any] = {"all": ["scheduling/admin.css"]}
        js: ClassVar[Any] = [SCRIPT]

    edited_by = May.CHANGE_POLICY
    form = RecipeForm
    list_display = ("registered_model", "kind", "what", "tried")
    list_filter = (("registered_model", ModelFilter), "kind")
    list_select_related = ("registered_model",)
    tried = column("parameters", lambda recipe: "; ".join(
        f"{name}: {write_values(values)}" for name, values in recipe.parameters.items()) or "–")  # fmt: skip
    radio_fields: ClassVar[Any] = {"kind": admin.VERTICAL, "search_method": admin.VERTICAL}
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("registered_model", "kind")}),
        ("For an estimator with drawn values, or for a search", {"fields": ("estimator", "parameters")}),
        ("For training code of your own", {"fields": ("trainer",)}),
        ("For a search", {"fields": OF_A_SEARCH}),
        ("Name", {"fields": ("name_template",)}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """What the list and the settings name is chosen."""
        known = {"estimator": ESTIMATORS, "trainer": config.TRAINERS}.get(db_field.name)
        if known is None:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        choices = [("", "–"), *((name, name) for name in sorted(known))]
        return forms.ChoiceField(choices=choices, required=False, initial="", help_text=HELP[db_field.name])

    def response_post_save_add(self, request: HttpRequest, obj: Recipe) -> HttpResponseRedirect:
        """The page where candidates are trained by it."""
        return HttpResponseRedirect(admin_path("model-setup", obj.registered_model_id))
