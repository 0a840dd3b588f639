"""What a look found."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`sentence` says what was found, also where it is no reason to retrain."""

    sentence: str
    fires: bool = False
