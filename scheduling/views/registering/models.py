"""`POST /api/models` and `…/versions`: the data of a model, and its fitted versions, as multipart."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.access import model_for
from predictions.api.openapi import extend_schema
from predictions.api.serializers import RegisteredModelSerializer
from predictions.api.views.registry import Models, Versions
from predictions.models import ModelVersion, RegisteredModel, Signature
from predictions.models.people.access import REGISTER, May
from scheduling.models import Run
from scheduling.registering import asking, standing, telling
from scheduling.views.registering.answering import HEADERS, answer, asker_of, valid, wait_for
from scheduling.views.registering.forms import RegisterModelForm, RegisterVersionForm
from scheduling.views.registering.receiving import MULTIPART, received
from scheduling.views.registering.schemas import MANIFEST, MODEL, SIGNATURE_OR_NULL, answers_of


class DescribedModelSerializer(RegisteredModelSerializer):
    """A registered model with its newest signature; null while it has none."""

    signature = serializers.SerializerMethodField()

    class Meta(RegisteredModelSerializer.Meta):
        fields = [*RegisteredModelSerializer.Meta.fields, "signature"]
        read_only_fields = fields

    @extend_schema_field(SIGNATURE_OR_NULL)
    def get_signature(self, model: RegisteredModel) -> Any:
        return telling.told_signature(Signature.objects.newest_of(model))


class RegisteringModels(Models):
    """List the registered models, each with its live version."""

    def get_serializer_class(self) -> type[RegisteredModelSerializer]:
        return DescribedModelSerializer if self.action == "retrieve" else RegisteredModelSerializer

    @extend_schema(
        operation_id="register_model", tags=["registry"], parameters=HEADERS,
        request={MULTIPART: RegisterModelForm}, responses=answers_of(MODEL),
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Register a model with its data, and optionally a first version, which is then judged."""
        if not request.user.has_perm(REGISTER):
            raise PermissionDenied
        with received(request, files=RegisterModelForm.files) as (form, sent):
            asked = valid(RegisterModelForm, form)
            run = asking.ask_for_model(asker_of(request, May.UPLOAD), sent, **asked)
            model = RegisteredModel.objects.get(name=asked["name"])
            wait_for(run, request)
        version = run.candidate if run else standing.version_of(model, sent.sha256_of("model"))
        return answer(run, lambda: telling.told_model(model, run or _judged(version), version))


class RegisteringVersions(Versions):
    """List the versions of one model, newest first."""

    @extend_schema(
        operation_id="upload_version", tags=["registry"], parameters=HEADERS,
        request={MULTIPART: RegisterVersionForm}, responses=answers_of(MODEL),
    )  # fmt: skip
    def create(self, request: Request, name: str) -> Response:
        """Upload a fitted model as the next version, which is then judged."""
        model = model_for(request.user, name, May.UPLOAD)
        with received(request, files=RegisterVersionForm.files) as (form, sent):
            asked = valid(RegisterVersionForm, form)
            run = asking.ask_for_version(asker_of(request, May.UPLOAD), sent, model=model, **asked)
            wait_for(run, request)
        version = run.candidate if run else standing.version_of(model, sent.sha256_of("file"))
        return answer(run, lambda: telling.told_model(model, run or _judged(version), version))

    @extend_schema(
        operation_id="get_manifest", tags=["registry"], responses={(200, "application/json"): MANIFEST}
    )
    def manifest(self, request: Request, name: str, label: str) -> Response:
        """Show the hashes of a version's files, what they were made from and with what."""
        return Response(telling.told_manifest(self.get_object()))


def _judged(version: ModelVersion | None) -> Run | None:
    return telling.run_of(version) if version else None
