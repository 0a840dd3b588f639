"""Texts from elsewhere that a database cannot hold: of a library, a printout, a column's name."""

import re
from typing import Any

# PostgreSQL's text holds no NUL, and no encoder accepts half of a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """Return a text, list or dict with U+FFFD for such characters; anything else as it is."""
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [storable(one) for one in value]
    if isinstance(value, dict):
        return {storable(key): storable(one) for key, one in value.items()}
    return value
