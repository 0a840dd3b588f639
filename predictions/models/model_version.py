"""The versions made for a signature: immutable files, each with its origin."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import PROTECT, Max

from predictions import database
from predictions.models.base import LONGEST_NAME, AppendOnly, rules
from predictions.models.dataset import Dataset
from predictions.models.registered_model import RegisteredModel
from predictions.models.signature import Signature


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    """Questions about many versions."""

    def of(self, registered_model: RegisteredModel) -> ModelVersionQuerySet:
        return self.filter(signature__registered_model=registered_model)

    def register(self, *, signature: Signature, artefact_sha256: str, **columns: Any) -> ModelVersion:
        """Insert the next version, or return the one with this artefact. A lock keeps numbers apart."""
        with database.atomic():
            locked = Signature.objects.select_for_update(no_key=True).get(pk=signature.pk)
            known = locked.versions.filter(artefact_sha256=artefact_sha256).first()
            if known:
                return known.with_origin(columns.get("training_dataset"))
            newest = locked.versions.aggregate(newest=Max("number"))["newest"]
            number = 0 if newest is None else newest + 1
            return self.create(signature=locked, number=number, artefact_sha256=artefact_sha256, **columns)

    def labelled(self, label: str) -> ModelVersionQuerySet:
        """The versions with the label `<signature>.<number>`; none if it is not a label."""
        signature, dot, number = label.partition(".")
        if not (dot and _is_number(signature) and _is_number(number)):
            return self.none()
        return self.filter(signature__number=int(signature), number=int(number))


def _is_number(text: str) -> bool:
    """As in a label: 01 is not one."""
    return text.isascii() and text.isdigit() and len(text) <= 9 and text == str(int(text))


class ModelVersion(AppendOnly):
    """A model that can be served: inserted last, when its files exist and are proved equal."""

    class Source(models.TextChoices):
        TRAINED = "trained"
        UPLOADED = "uploaded"
        FIXTURE = "fixture"

    class Rung(models.TextChoices):
        """The form that is served; the first that answers as scikit-learn does is taken."""

        ONNX_64 = "onnx_64", "ONNX with 64-bit numbers, as scikit-learn computes"
        ONNX_32 = "onnx_32", "ONNX with 32-bit numbers"
        HOST = "host", "scikit-learn itself, in the model host"
        ONNX_GIVEN = "onnx_given", "ONNX as it was uploaded"

    signature = models.ForeignKey(Signature, PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    filename = models.CharField(max_length=120, help_text="The file name for clients, such as rf-12.joblib.")
    artefact = models.CharField(max_length=300, help_text="The path relative to MEDIA_ROOT.")
    artefact_sha256 = models.CharField(max_length=64)
    served_form = models.CharField(max_length=300, help_text="The path relative to MEDIA_ROOT.")
    served_form_sha256 = models.CharField(max_length=64)
    rung = models.CharField(
        "served as",
        max_length=10,
        choices=Rung.choices,
        default=Rung.ONNX_32,
        help_text="The form that is served.",
    )
    refused_rungs = models.JSONField(
        "not served as",
        default=dict,
        blank=True,
        help_text="Why no better form is served: a sentence for each.",
    )
    estimator = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    libraries = models.JSONField(default=dict, help_text="The library versions that it was made with.")
    training_dataset = models.ForeignKey(
        Dataset, PROTECT, null=True, blank=True, related_name="trained_versions"
    )
    parity = models.JSONField(help_text="How the served form's answers compare with those of scikit-learn.")
    golden_rows = models.JSONField(help_text="Inputs with the answers that every load must reproduce.")
    source = models.CharField(max_length=10, choices=Source.choices)
    created_by = models.CharField(max_length=LONGEST_NAME)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="When the files were removed because the version was never live."
    )

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = rules(
            version_number_is_unique_in_signature=["signature", "number"],
            artefact_is_registered_once=["signature", "artefact_sha256"],
        )
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.registered_model} {self.label}"

    @property
    def label(self) -> str:
        """`<signature>.<number>`: the first version of a model is 1.0."""
        return f"{self.signature.number}.{self.number}"

    def with_origin(self, training: Dataset | None) -> ModelVersion:
        """Add what it was trained on where nobody has said so yet."""
        if training is not None and self.training_dataset_id is None:
            unsaid = ModelVersion.objects.filter(pk=self.pk, training_dataset=None)
            unsaid.update(training_dataset=training)
            self.training_dataset = training
        return self

    @property
    def has_probabilities(self) -> bool:
        """Whether it answers the probabilities of labels; no regression does."""
        return "probabilities" in self.golden_rows

    @property
    def registered_model(self) -> RegisteredModel:
        return self.signature.registered_model
