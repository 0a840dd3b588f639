"""`/api/models/{name}/datasets`: the labelled rows of a model, and what their columns hold."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.access import model_for
from predictions.api.lists import Listed, documented
from predictions.api.openapi import extend_schema
from predictions.models import Dataset, RegisteredModel
from predictions.models.people.access import May
from scheduling.registering import asking, standing, telling
from scheduling.views.registering.answering import HEADERS, answer, asker_of, valid, wait_for
from scheduling.views.registering.forms import RegisterDatasetForm
from scheduling.views.registering.receiving import MULTIPART, received
from scheduling.views.registering.schemas import DATASET, REGISTERED_DATASET, answers_of


@documented("datasets", "dataset", tag="registry")
class Datasets(Listed):
    """The datasets of one model, newest first."""

    queryset = Dataset.objects.select_related("registered_model")

    def get_queryset(self) -> Any:
        visible = RegisteredModel.objects.visible_to(self.request.user)
        return self.queryset.filter(registered_model=get_object_or_404(visible, name=self.kwargs["name"]))

    @extend_schema(
        operation_id="list_datasets", tags=["registry"], responses={(200, "application/json"): DATASET}
    )
    def list(self, request: Request, name: str) -> Response:
        """List the datasets of one model, newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([_shown(one, request) for one in page or ()])

    @extend_schema(
        operation_id="get_dataset", tags=["registry"], responses={(200, "application/json"): DATASET}
    )
    def retrieve(self, request: Request, name: str, pk: int) -> Response:
        """Show one dataset with its columns: kind, gaps, and range or top values.

        The values need the permission `predictions.view_prediction`.
        """
        return Response(_shown(get_object_or_404(self.get_queryset(), pk=pk), request))

    @extend_schema(
        operation_id="register_dataset", tags=["registry"], parameters=HEADERS,
        request={MULTIPART: RegisterDatasetForm}, responses=answers_of(REGISTERED_DATASET),
    )  # fmt: skip
    def create(self, request: Request, name: str) -> Response:
        """Register a dataset. The newest one of a role is used from then on."""
        model = model_for(request.user, name, May.ADD_DATASET)
        with received(request, files=RegisterDatasetForm.files) as (form, sent):
            role = valid(RegisterDatasetForm, form)["role"]
            run = asking.ask_for_dataset(asker_of(request, May.ADD_DATASET), sent, model=model, role=role)
            wait_for(run, request)
        dataset = standing.dataset_of(model, role, sent.sha256_of("file"))
        return answer(run, lambda: dataset and telling.told_dataset(dataset, run, reader=request.user))


def _shown(dataset: Dataset, request: Request) -> Any:
    return telling.told_dataset(dataset, None, reader=request.user)["dataset"]
