"""What one registered model demands of its candidates, as a value."""

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What the gate reads of a `GatePolicy`: how much better, by which metric, and who promotes."""

    primary_metric: str = "f1_macro"
    promote_when: str = "better"  # or "not_worse"
    least_gain: float = 0.0
    margin: float = 0.0
    relative: bool = False  # both are shares of the champion's value
    floors: dict[str, float] = field(default_factory=dict)
    group_column: str = ""
    log_loss_floor: float = 0.01
    pinball_quantile: float = 0.5
    positive_label: Any = None
    approval: str = "automatic"  # or "by_person", or "never"

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The columns of `GatePolicy` that it is made of."""
        return tuple(one.name for one in fields(cls))
