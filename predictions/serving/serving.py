"""The loaded live versions of this process, and how one is loaded: proved before it is served.

Neither scikit-learn nor pandas is imported here, and nothing is unpickled: a served form is ONNX.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from predictions.contract.bodies import BodyReader
from predictions.contract.signature import SignatureSpec
from predictions.registry import artefacts

if TYPE_CHECKING:
    import onnxruntime as ort

    from predictions.models import ModelVersion

PROBABILITY_TOLERANCE = 1e-5  # the served form computes in float32
VALUE_TOLERANCE = 1e-4  # of a regression's value, relative
encode = msgspec.json.Encoder().encode
NOTHING_LIVE = "No version of the model is live yet."
NOT_LOADED = "The live version could not be loaded: /health/ready says why."


class VersionUnloadable(Exception):
    """A served form that does not load, or does not answer as it did when it was registered."""


class NoLiveVersion(Exception):
    """Nothing is live, or what is live could not be loaded."""


@dataclass(frozen=True)
class Answers:
    """What a model says of n rows: labels (n,) and probabilities (n, k), or values (n,)."""

    outputs: list[Any]
    probabilities: np.ndarray | None = None

    @cached_property
    def shares(self) -> list[list[float]]:
        """The probabilities as k lists of n, in the order of the labels; empty for a regression.

        Rounded: a 32-bit float says 0.9800000190734863 where the model computed 0.98, and 1.0000001 for
        the sum of a forest's votes.
        """
        if self.probabilities is None:
            return []
        return self.probabilities.T.astype(float).round(7).clip(0, 1).tolist()

    @cached_property
    def outputs_json(self) -> msgspec.Raw:
        """The outputs, encoded once for the reply and for the log."""
        return msgspec.Raw(encode(self.outputs))

    @cached_property
    def shares_json(self) -> list[msgspec.Raw]:
        """The shares, each list encoded once."""
        return [msgspec.Raw(encode(share)) for share in self.shares]


@dataclass(frozen=True, kw_only=True)
class Loadable:
    """All that is needed to load a version, as plain data: from its row, or kept from an earlier day."""

    version_id: int
    model: str
    label: str
    name: str
    filename: str
    spec: SignatureSpec
    served_form: str
    served_form_sha256: str
    golden_rows: dict[str, Any]

    @classmethod
    def of(cls, version: ModelVersion) -> Loadable:
        """Ask the database for what the row and its signature say."""
        return cls(
            version_id=version.pk,
            model=version.registered_model.name,
            label=version.label,
            name=version.name,
            filename=version.filename,
            spec=version.signature.spec(),
            served_form=version.served_form,
            served_form_sha256=version.served_form_sha256,
            golden_rows=version.golden_rows,
        )


@dataclass(frozen=True, kw_only=True)
class LoadedVersion:
    """One version in memory, with its contract."""

    version_id: int
    model: str
    label: str
    name: str
    filename: str
    spec: SignatureSpec
    session: ort.InferenceSession
    output_names: list[str]
    known: Loadable | None = None  # None: not registered

    @cached_property
    def reader(self) -> BodyReader:
        """Reads strict bodies for this version's signature."""
        return BodyReader(self.spec)

    def predict(self, rows: list[tuple[Any, ...]]) -> Answers:
        """Answer rows that the signature has accepted."""
        outputs = self.session.run(self.output_names, self.spec.to_inputs(rows))
        if self.spec.task == "regression":
            return Answers(outputs[0].reshape(-1).tolist())
        labels = outputs[0].tolist()
        if self._has_boolean_labels:  # ONNX has them as whole numbers
            labels = [bool(label) for label in labels]
        return Answers(labels, outputs[1])

    @cached_property
    def _has_boolean_labels(self) -> bool:
        return all(isinstance(label, bool) for label in self.spec.labels)


def open_session(served_form: bytes) -> ort.InferenceSession:
    """Return an inference session of one thread: the web server has threads of its own."""
    import onnxruntime as ort  # 40 MB that the ingester and most commands have no use for

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return ort.InferenceSession(served_form, options, providers=["CPUExecutionProvider"])


def load(version: ModelVersion) -> LoadedVersion:
    """Load a version by its row. Raises `VersionUnloadable`."""
    return load_from(Loadable.of(version))


def load_from(known: Loadable) -> LoadedVersion:
    """Load a version: file, hash, session, inputs, golden rows, in this order; no database is asked.

    Raises `VersionUnloadable` that says which of them failed.
    """
    try:
        content = artefacts.read(known.served_form, sha256=known.served_form_sha256)
        session = open_session(content)
    except Exception as error:  # onnxruntime raises its own kinds, which share no base
        raise VersionUnloadable(f"{known.model} {known.label} does not load: {error}") from error
    loaded = LoadedVersion(
        version_id=known.version_id,
        model=known.model,
        label=known.label,
        name=known.name,
        filename=known.filename,
        spec=known.spec,
        session=session,
        output_names=[output.name for output in session.get_outputs()],
        known=known,
    )
    _prove_golden_rows(loaded, known.golden_rows)
    return loaded


def _prove_golden_rows(loaded: LoadedVersion, golden_rows: Mapping[str, Any]) -> None:
    try:
        answers = loaded.predict([tuple(row) for row in golden_rows["rows"]])
        alike = same_answers(answers, golden_rows)
    except Exception as error:
        raise VersionUnloadable(f"{loaded.label} does not answer its golden rows: {error!r}") from error
    if not alike:
        raise VersionUnloadable(f"{loaded.label} answers its golden rows otherwise than when registered")


def same_answers(answers: Answers, expected: Mapping[str, Any]) -> bool:
    """Whether labels are equal and numbers within the tolerance of float32."""
    if answers.probabilities is None:
        return np.allclose(
            answers.outputs, expected["outputs"], rtol=VALUE_TOLERANCE, atol=PROBABILITY_TOLERANCE
        )
    return answers.outputs == expected["outputs"] and np.allclose(
        answers.probabilities, expected["probabilities"], rtol=0, atol=PROBABILITY_TOLERANCE
    )


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """One registered model as this process serves it; `version` is None where nothing is live."""

    name: str
    public: bool
    output_name: str
    invalid_input_message: str
    log_rate: int  # percent; these two have no default: a snapshot that forgets them would log too much
    redacted: frozenset[str]
    version: LoadedVersion | None
    before: LoadedVersion | None = None  # the one that this process served before it


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that a request needs, in one immutable value: a flip swaps the whole of it."""

    models: Mapping[str, ServedModel] = field(default_factory=dict)
    default: ServedModel | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    known: bool = False  # whether the ledger was ever read, or what an earlier worker kept of it
    database_away: bool = False
    checked_at: float = 0.0

    def live(self, served: ServedModel) -> LoadedVersion:
        """Return the version that answers for a model. Raises `NoLiveVersion`."""
        if served.version is None:
            raise NoLiveVersion(NOT_LOADED if served.name in self.problems else NOTHING_LIVE)
        return served.version

    @property
    def age(self) -> float:
        """Seconds since the ledger was last asked for."""
        return time.monotonic() - self.checked_at


_snapshot = Snapshot()


def current() -> Snapshot:
    """What this process serves now: a pointer, read without a lock or a query."""
    return _snapshot


def swap(snapshot: Snapshot) -> None:
    """Serve this from now on; requests in flight finish on what they began with."""
    global _snapshot
    _snapshot = snapshot
