"""How a program asks a model for a prediction: a command to paste, and the text of /docs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from typing import Any

from predictions.conf import config
from predictions.models import ModelVersion, RegisteredModel
from predictions.models.promotion import live_promotions
from predictions.paths import path_info_of

MOST_TOLD = 5


def command_for(version: ModelVersion, row: dict[str, Any], *, live: bool = True) -> str:
    """Return a curl command that asks about a row; a private model, or a version, needs a token."""
    model = version.registered_model
    named = {"name": model.name} if live else {"name": model.name, "label": version.label}
    path = path_info_of("predict-model" if live else "predict-version", **named)
    token = "" if model.public and live else '-H "Authorization: Token $TOKEN" '
    body = shlex.quote(json.dumps(row, ensure_ascii=False))
    return f'curl {config.SITE_URL.rstrip("/")}{path} {token}-H "Content-Type: application/json" -d {body}'


def how_to_ask() -> str:
    """Return the part of the API's description, in Markdown, that shows how the public models are asked."""
    public = RegisteredModel.objects.filter(public=True)
    live = [flip.version for flip in live_promotions(public).values()]
    return "\n\n".join(["## How to ask for a prediction", *_examples(live[:MOST_TOLD]), PRIVATE])


def _examples(versions: Iterable[ModelVersion]) -> Iterable[str]:
    for version in versions:
        yield f"**{version.registered_model.name}** is public, so everybody may ask it:"
        yield f"```sh\n{command_for(version, version.signature.spec().example)}\n```"


PRIVATE = (
    "A private model is asked in the same way, with its own name and inputs, and with the header "
    "`Authorization: Token …`. The model's page in the admin has the command for it, and a form that asks. "
    "Below, open `POST /api/models/{name}/predict`: *Execute* sends the example."
)
