"""A wire format of predictions: what the views of a path and the fast lane have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from predictions.contract.decoding import Row
from predictions.contract.fields import InvalidInput
from predictions.registry.loading import LoadedVersion
from predictions.serving.answering import Answered
from predictions.serving.serving import ServedModel, Snapshot


class Question(msgspec.Struct, frozen=True):
    """The rows that a request asks about."""

    rows: Sequence[Row]
    body: bytes | None = None  # only if the signature's reader can read it again, for the log
    form: Any = None  # what `write` has to know of the request


class Reply(msgspec.Struct, frozen=True):
    """An answer, rendered; its headers have the content type, and not the length."""

    content: bytes
    headers: dict[str, str]
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Door:
    """How a body becomes rows, and answers a reply; `limit` names the setting of the longest body.

    `read` gets the version, the body and the WSGI environment. The views answer the errors that it raises;
    with `refuse`, the lane answers `InvalidInput` too.
    """

    limit: str
    read: Callable[[LoadedVersion, bytes, Mapping[str, Any]], Question]
    write: Callable[[LoadedVersion, Question, Answered], Reply]
    refuse: Callable[[ServedModel, InvalidInput], Reply] | None = None


class Route(NamedTuple):
    """What a path asks for: the live version of a model or, without a name, of the default model."""

    door: Door
    model: str | None = None
    label: str | None = None  # only if the live version has it

    def served(self, snapshot: Snapshot) -> ServedModel | None:
        """Return the model if anybody may ask it, and a live version in this process answers."""
        served = snapshot.default if self.model is None else snapshot.models.get(self.model)
        if served is None or not served.public or (version := served.version) is None or version.is_hosted:
            return None
        return served if self.label is None or self.label == version.label else None
