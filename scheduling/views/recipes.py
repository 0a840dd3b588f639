"""`/api/models/{name}/recipe`: how candidates of a model are trained, read and set."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.access import model_for
from predictions.api.defaults import ApiViewSet
from predictions.api.openapi import extend_schema
from predictions.api.strict import RowSerializer, StrictSerializer, Text, Whole
from predictions.models import RegisteredModel
from predictions.models.people.access import May
from scheduling.models import Recipe
from scheduling.models.setup.recipe import HELP, OF_A_SEARCH, TAKEN
from scheduling.views.replacing import put, refuse_other_kinds

SETTINGS = ("kind", "estimator", "parameters", "trainer", "name_template", *OF_A_SEARCH)


class RecipeSerializer(RowSerializer[Recipe]):
    """How candidates are trained. What another kind would need is empty."""

    class Meta:
        model = Recipe
        fields = SETTINGS
        read_only_fields = fields


class RecipeBodySerializer(StrictSerializer):
    """The whole recipe: what is not given has its default."""

    kind = serializers.ChoiceField(choices=Recipe.Kind.choices, help_text=HELP["kind"])
    estimator = Text(max_length=40, required=False, help_text=HELP["estimator"])
    parameters = serializers.DictField(required=False, help_text=HELP["parameters"])
    trainer = Text(max_length=64, required=False, help_text=HELP["trainer"])
    name_template = Text(max_length=60, required=False, help_text=HELP["name_template"])
    search_method = serializers.ChoiceField(
        choices=Recipe.SearchMethod.choices, required=False, help_text=HELP["search_method"]
    )
    search_trials = Whole(min_value=1, max_value=10_000, required=False, help_text=HELP["search_trials"])
    search_seconds = Whole(min_value=1, max_value=2**31 - 1, required=False, help_text=HELP["search_seconds"])
    search_folds = Whole(min_value=2, max_value=20, required=False, help_text=HELP["search_folds"])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return refuse_other_kinds(attrs, TAKEN)


class Recipes(ApiViewSet):
    """The recipe of the model in the path. A model without one is refitted."""

    permission_classes = [IsAuthenticated]
    serializer_class = RecipeSerializer
    queryset = Recipe.objects.all()

    @extend_schema(operation_id="get_recipe", tags=["registry"], responses=RecipeSerializer)
    def retrieve(self, request: Request, name: str) -> Response:
        """Show the recipe; 404 where the live version is refitted."""
        return Response(RecipeSerializer(get_object_or_404(Recipe, registered_model=self._model())).data)

    @extend_schema(
        operation_id="set_recipe", tags=["registry"],
        request=RecipeBodySerializer, responses={200: RecipeSerializer},
    )  # fmt: skip
    def update(self, request: Request, name: str) -> Response:
        """Set the recipe, as the admin's form does. The next retraining uses it."""
        model = self._model()
        asked = RecipeBodySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        recipe = Recipe(registered_model=model, **asked.validated_data)
        known = Recipe.objects.filter(registered_model=model)
        return Response(RecipeSerializer(put(recipe, known, by=request.user)).data)

    @extend_schema(operation_id="remove_recipe", tags=["registry"], responses={204: None})
    def destroy(self, request: Request, name: str) -> Response:
        """Remove the recipe: the next retraining refits the live version."""
        recipe = get_object_or_404(Recipe, registered_model=self._model())
        recipe._history_user = request.user  # type: ignore[attr-defined]
        recipe.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _model(self) -> RegisteredModel:
        return model_for(self.request.user, self.kwargs["name"], May.CHANGE_POLICY)
