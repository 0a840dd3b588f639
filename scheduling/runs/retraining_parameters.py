"""What a person may say of a retraining, as its run keeps it."""

from datetime import datetime
from typing import Any


def retraining_parameters(*, as_of: datetime | None = None, repeat: bool = False) -> dict[str, Any]:
    """Return the run's parameters: the moment its rows are read as of, and whether old rows will do."""
    asked = {"as_of": as_of.isoformat() if as_of else None, "repeat": repeat}
    return {name: value for name, value in asked.items() if value}
