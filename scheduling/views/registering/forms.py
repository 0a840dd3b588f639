"""The fields of a registration, as a form or a command line gives them: text, or True for a file."""

from typing import Annotated, Any, ClassVar

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from predictions.api.strict import StrictSerializer, Text
from predictions.contract.fields import Kind
from predictions.models import Dataset, Signature
from predictions.models.registered_model import name_in_a_url

PLAIN = r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z"
PLAIN_IN_WORDS = "Use A to Z, a to z, digits, and after the first of them dots, hyphens and underscores."
TRUTHS = {"true": True, "false": False}
ONE_COLUMN: dict[str, Any] = {"max_length": 200, "trim_whitespace": False}
HELP = {
    "evaluation": "CSV or Parquet: labelled rows that the model was not fitted on. Without them a fifth of "
    "the training rows is held out, and no fitted model can be sent along.",
    "output": "The column with the labels, or with the numbers that a regression predicts.",
    "task": "Default: what the output's values look like.",
    "positive": "Of two labels: the one that roc_auc and average_precision look for.",
    "time": "The column that says when a row was true. It is no feature.",
    "group": "The column that says which rows belong together, such as a customer. It is no feature.",
    "drop": "A column that is no feature. May be given several times.",
    "kinds": 'A JSON object, from column to kind: {"zip": "category"}.',
    "bounds": 'A JSON object, from column to the least and the largest value: {"age": [0, null]}. '
    "null: as far as it was inferred.",
    "required": 'A JSON object, from column to whether requests must have it: {"age": false}. Default: '
    "true for what has no gap in the rows.",
    "examples": 'A JSON object, from column to the value that the documentation shows: {"town": "Ulm"}.',
    "data_changes": "Whether versions will be retrained on fresh rows. Default: true.",
    "public": "Whether anybody may read and call the model without a token. Default: false.",
    "trained_on": "What the model was fitted on: training (the current training set), or the sha256 of a "
    "dataset. Without it leakage cannot be ruled out, which blocks the promotion.",
}


@extend_schema_field({"type": "string", "format": "binary"})
class File(serializers.Field):
    """A file, which is in quarantine when this is asked."""

    def to_internal_value(self, data: Any) -> bool:
        if data is not True:
            raise serializers.ValidationError("Input should be a file")
        return True


@extend_schema_field({"type": "string", "pattern": "^(true|false)$"})
class Truth(serializers.Field):
    """The text true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, str) or data.lower() not in TRUTHS:
            raise serializers.ValidationError("Input should be true or false")
        return TRUTHS[data.lower()]


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class Columns(serializers.Field):
    """One name or several."""

    def to_internal_value(self, data: Any) -> list[str]:
        names = data if isinstance(data, list) else [data]
        return [Text(**ONE_COLUMN).run_validation(name) for name in names]


class OfColumns(serializers.Field):
    """A JSON object with something of some columns."""

    form: ClassVar[Any]
    example: ClassVar[str]

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            found = msgspec.json.decode(data if isinstance(data, str) else b"", type=dict[str, self.form])  # type: ignore[name-defined]
        except (msgspec.MsgspecError, UnicodeError):
            raise serializers.ValidationError(f"Input should be JSON, such as {self.example}") from None
        return {Text(**ONE_COLUMN).run_validation(name): value for name, value in found.items()}


@extend_schema_field({"type": "string", "description": HELP["kinds"]})
class Kinds(OfColumns):
    """From column to kind."""

    form, example = str, '{"zip": "category"}'

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        kinds = super().to_internal_value(data)
        for kind in kinds.values():
            if kind not in [*Kind]:
                choices = ", ".join(Kind)
                raise serializers.ValidationError(f"{kind} is not a kind. Choose from: {choices}")
        return kinds


@extend_schema_field({"type": "string", "description": HELP["bounds"]})
class BoundsOfColumns(OfColumns):
    """From column to the two ends; null leaves one as it was inferred."""

    form = Annotated[list[float | None], msgspec.Meta(min_length=2, max_length=2)]
    example = '{"age": [0, null]}'


@extend_schema_field({"type": "string", "description": HELP["required"]})
class RequiredColumns(OfColumns):
    """From column to true or false."""

    form, example = bool, '{"age": false}'


@extend_schema_field({"type": "string", "description": HELP["examples"]})
class Examples(OfColumns):
    """From column to a value of its kind."""

    form = str | float | int | bool
    example = '{"town": "Ulm"}'

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        text = Text(max_length=500, allow_blank=True, trim_whitespace=False)
        examples = super().to_internal_value(data).items()
        return {
            name: text.run_validation(value) if isinstance(value, str) else value for name, value in examples
        }


class FileForm(StrictSerializer):
    """A form with files."""

    files: ClassVar[tuple[str, ...]]


class RegisterModelForm(FileForm):
    """A new model: its data, and optionally its first version."""

    files = ("training", "evaluation", "model")

    name = Text(max_length=64, validators=[name_in_a_url])
    output = Text(**ONE_COLUMN | {"max_length": 64}, help_text=HELP["output"])
    training = File(help_text="CSV or Parquet.")
    evaluation = File(required=False, help_text=HELP["evaluation"])
    model = File(required=False, help_text="A fitted model: skops, ONNX or CatBoost (.cbm).")
    title = Text(max_length=200, required=False)
    task = serializers.ChoiceField(Signature.Task.choices, required=False, help_text=HELP["task"])
    positive = Text(**ONE_COLUMN, required=False, help_text=HELP["positive"])
    time = Text(**ONE_COLUMN, required=False, help_text=HELP["time"])
    group = Text(**ONE_COLUMN | {"max_length": 100}, required=False, help_text=HELP["group"])
    drop = Columns(required=False, help_text=HELP["drop"])
    kinds = Kinds(required=False, help_text=HELP["kinds"])
    bounds = BoundsOfColumns(required=False, help_text=HELP["bounds"])
    required = RequiredColumns(required=False, help_text=HELP["required"])  # type: ignore[assignment]
    examples = Examples(required=False, help_text=HELP["examples"])
    data_changes = Truth(required=False, help_text=HELP["data_changes"])
    public = Truth(required=False, help_text=HELP["public"])
    trained_on = Text(max_length=64, required=False, help_text=HELP["trained_on"])


class RegisterDatasetForm(FileForm):
    """A dataset for a model that has a signature."""

    files = ("file",)

    role = serializers.ChoiceField(Dataset.Role.choices)
    file = File(help_text="CSV or Parquet, with the model's columns: its inputs, and what it predicts.")


class RegisterVersionForm(FileForm):
    """A fitted model, for the newest signature."""

    files = ("file",)

    file = File(help_text="A fitted model: skops, ONNX or CatBoost (.cbm).")
    name = serializers.RegexField(
        PLAIN, max_length=100, required=False, help_text=f"{PLAIN_IN_WORDS} Default: the name of the file.",
        error_messages={"invalid": PLAIN_IN_WORDS},
    )  # fmt: skip
    trained_on = Text(max_length=64, required=False, help_text=HELP["trained_on"])
