"""`POST /update_model`, as the replaced system's clients send it, and the reply."""

import re
from typing import Any

from rest_framework import serializers

from predictions.api.strict import StrictSerializer, Text

PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class UpdateModelSerializer(StrictSerializer):
    """The body of `POST /update_model`, as the replaced system's clients send it."""

    modelFilename = Text(max_length=100, help_text="The name that clients see: my-model.skops.")
    modelObject = Text(trim_whitespace=True, help_text="A skops, ONNX or CatBoost file, base64-encoded.")

    def validate_modelFilename(self, value: str) -> str:
        if not PLAIN_NAME.fullmatch(value):
            message = "Input should be a file name of letters, digits, dots, hyphens and underscores"
            raise serializers.ValidationError(message)
        return value


class UpdateModelReply(serializers.Serializer[Any]):
    """What is live after the upload was judged."""

    status = serializers.ChoiceField(choices=["success", "failure"])
    updatedModelName = serializers.CharField(allow_null=True)
    updatedModelVersion = serializers.CharField(allow_null=True)
