"""How a version is loaded: its served form is ONNX, so nothing is unpickled, and proved before it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.answers import Answers, same_answers
from predictions.contract.bodies import BodyReader
from predictions.contract.decoding import Row
from predictions.contract.error_texts import kind_of, plain_text
from predictions.contract.signature import SignatureSpec
from predictions.hosted.session import HostedSession, ModelHostAway, is_heard
from predictions.hosted.wire import Wanted
from predictions.registry import artefacts

if TYPE_CHECKING:
    import onnxruntime as ort
    import pandas as pd

    from predictions.models import ModelVersion


HOST = "host"  # the rung whose served form is a skops file
AT_ONCE = 20_000  # rows of a dataset: so much is in memory twice
AT_ONCE_HOSTED = 500  # the host has as long for these as for a request, however slow its version is


class VersionUnloadable(Exception):
    """A served form that cannot be loaded, or answers differently than when it was registered."""


class HostAbsent(VersionUnloadable):
    """The version is answered by the model host, which does not run: it loads as soon as that does."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a version is called, and its contract."""

    version_id: int
    model: str
    label: str
    name: str
    filename: str
    spec: SignatureSpec


@dataclass(frozen=True, kw_only=True)
class Loadable(Named):
    """All that is needed to load a version, as plain data: from its row, or kept from an earlier day."""

    rung: str
    served_form: str
    served_form_sha256: str
    golden_rows: dict[str, Any]

    @classmethod
    def of(cls, version: ModelVersion) -> Loadable:
        same = ("label", "name", "filename", "rung", "served_form", "served_form_sha256", "golden_rows")
        return cls(
            version_id=version.pk, model=version.registered_model.name, spec=version.signature.spec(),
            **{name: getattr(version, name) for name in same},
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LoadedVersion(Named):
    """One version in memory, with its contract."""

    session: ort.InferenceSession | HostedSession
    output_names: list[str]
    known: Loadable | None = None  # None: not registered

    @cached_property
    def is_hosted(self) -> bool:
        """Whether the model host answers for it."""
        return isinstance(self.session, HostedSession)

    @property
    def host_is_away(self) -> bool:
        """Whether the model host, which this version needs, does not run."""
        return self.is_hosted and not is_heard()

    @cached_property
    def reader(self) -> BodyReader:
        return BodyReader(self.spec)

    def predict(self, rows: Sequence[Row]) -> Answers:
        return self.answers(self.spec.to_inputs(rows))

    def predict_frame(self, frame: pd.DataFrame, *, at_once: int | None = None) -> Answers:
        """Answer the rows of a dataset, so many at a time."""
        at_once = at_once or (AT_ONCE_HOSTED if self.is_hosted else AT_ONCE)
        if len(frame) <= at_once:
            return self.answers(self.spec.inputs_of(frame))
        parts = [frame.iloc[start : start + at_once] for start in range(0, len(frame), at_once)]
        return Answers.joined([self.answers(self.spec.inputs_of(part)) for part in parts])

    def answers(self, inputs: dict[str, np.ndarray]) -> Answers:
        """Answer rows that are arrays already, as `spec.to_inputs` makes them."""
        outputs = self.session.run(self.output_names, inputs)
        if self.spec.task == "regression":
            return Answers(outputs[0].reshape(-1).tolist())
        labels = outputs[0].reshape(-1).tolist()  # some converters write (1, n)
        if self._has_boolean_labels:  # ONNX has them as whole numbers
            labels = [bool(label) for label in labels]
        return Answers(labels, outputs[1] if self.has_probabilities else None)

    @property
    def has_probabilities(self) -> bool:
        """Whether it answers the probabilities of labels: the served form then has a second output."""
        return len(self.output_names) > 1

    @cached_property
    def _has_boolean_labels(self) -> bool:
        return all(isinstance(label, bool) for label in self.spec.labels)


def open_session(served_form: bytes) -> ort.InferenceSession:
    """Return an inference session of one thread: the web server has threads of its own."""
    import onnxruntime as ort  # 40 MB that the ingester and most commands do not need

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # what goes wrong is raised; its own lines would quote rows
    return ort.InferenceSession(served_form, options, providers=["CPUExecutionProvider"])


def in_memory(served_form: bytes, **columns: Any) -> LoadedVersion:
    """Open a served form; `columns` are the other fields of the version. Nothing is proved."""
    session = open_session(served_form)
    outputs = [output.name for output in session.get_outputs()]
    return LoadedVersion(session=session, output_names=outputs, **columns)


def load(version: ModelVersion) -> LoadedVersion:
    """Load a version by its row. Raises `VersionUnloadable`."""
    return load_from(Loadable.of(version))


def load_from(known: Loadable) -> LoadedVersion:
    """Load a version without the database: file, hash, session, golden rows. Raises `VersionUnloadable`."""
    version = f"{known.model} {known.label}"
    try:
        loaded = _opened(known)
    except ModelHostAway as error:
        raise HostAbsent(f"{version} does not load: {error}") from error
    except Exception as error:  # onnxruntime raises its own kinds, which share no base
        raise VersionUnloadable(f"{version} does not load: {plain_text(error)}") from error
    try:
        answers = loaded.predict([tuple(row) for row in known.golden_rows["rows"]])
        alike = same_answers(answers, known.golden_rows, task=known.spec.task)
    except Exception as error:
        raise VersionUnloadable(f"{version} does not answer its golden rows: {kind_of(error)}") from error
    if not alike:
        raise VersionUnloadable(f"{version} answers its golden rows differently than when it was registered")
    return loaded


def _opened(known: Loadable) -> LoadedVersion:
    names = {field.name: getattr(known, field.name) for field in fields(Named)}
    if known.rung != HOST:
        content = artefacts.read(known.served_form, sha256=known.served_form_sha256)
        return in_memory(content, known=known, **names)
    session = HostedSession(
        Wanted(
            version=f"{known.model} {known.label}",
            served_form=known.served_form,
            sha256=known.served_form_sha256,
            spec=known.spec,
        )
    )
    session.load()
    outputs = ["label", "probabilities"][: 1 + ("probabilities" in known.golden_rows)]
    return LoadedVersion(session=session, output_names=outputs, known=known, **names)
