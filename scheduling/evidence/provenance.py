"""What a run judged, by hash and by the policy's rules: the schema of `Run.evidence`, and its only reader."""

from dataclasses import dataclass, field, fields
from typing import Any

import msgspec

from scheduling.evidence.outcomes import Decision
from scheduling.statistics.metrics.scored import Options

Limits = dict[str, dict[str, Any]]
Windows = dict[str, dict[str, Any] | None]  # of the prediction log: first and last id, rows, hash


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What the gate reads of a `GatePolicy`: how much better, by which metric, and who promotes."""

    primary_metric: str = "f1_macro"
    promote_when: str = "better"  # or "not_worse", or "unless_worse"
    least_gain: float = 0.0
    margin: float = 0.0
    relative: bool = False  # both are shares of the champion's value
    floors: dict[str, float] = field(default_factory=dict)
    group_column: str = ""
    log_loss_floor: float = 0.01
    pinball_quantile: float = 0.5
    positive_label: Any = None
    approval: str = "automatic"  # or "by_person", or "never"

    def amounts(self, value: float) -> tuple[float, float]:
        """Return least gain and margin in the metric's units; `value` is the champion's."""
        scale = abs(value) if self.relative else 1.0
        return self.least_gain * scale, self.margin * scale

    def threshold(self, least_gain: float, margin: float) -> float:
        """Return what the low end of the gain's interval is above where the gain is shown to be enough."""
        return least_gain if self.promote_when == "better" else min(least_gain, -margin)

    def options(self, labels: tuple[Any, ...]) -> Options:
        """Return the parameters of the metrics for a signature with these labels."""
        label = self.positive_label
        known = labels.index(label) if label in labels else None
        return Options(
            log_loss_floor=self.log_loss_floor,
            quantile=self.pinball_quantile,
            positive=-1 if label is None else known,
        )

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The columns of `GatePolicy` that it is made of."""
        return tuple(one.name for one in fields(cls))


class ProvenanceUnreadable(Exception):
    """The stored evidence does not have its schema: somebody has rewritten it."""


class Provenance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stored before the checks; candidate, champion and evaluation set are columns of the run."""

    seed: int
    artefact_sha256: str
    served_form_sha256: str
    champion_artefact_sha256: str | None
    champion_served_form_sha256: str | None
    champion_promotion: int | None  # its sequence in the ledger
    evaluation_sha256: str
    training_dataset: int  # what the candidate was trained on
    training_sha256: str
    reference_dataset: int | None
    reference_sha256: str | None
    log: Windows
    looks: int  # that were counted at the evaluation set before
    redacted: list[str]  # features whose values nobody may see
    slices: dict[str, str | None]  # that people named: name -> condition; None for one on a redacted feature
    policy: Policy
    limits: Limits  # by check: those in force
    blocking: dict[str, bool]
    misfits: dict[str, str]  # checks whose limits were invalid, and why
    libraries: dict[str, str]
    machine: str
    gate: Decision | None = None  # once it has decided; the ledger or a person may say otherwise later


def provenance_of(kept: dict[str, Any]) -> Provenance | None:
    """Read a run's column; None for a run that judged nothing. Raises `ProvenanceUnreadable`."""
    if not kept:
        return None
    try:
        return msgspec.convert(kept, Provenance)
    except msgspec.ValidationError as error:
        raise ProvenanceUnreadable(str(error)) from None
