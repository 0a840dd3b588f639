"""What figures depend on beside the case: libraries, interpreter and machine."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

from predictions.registry.compiling import library_versions

OF_THE_CHECKS = ("scipy", "pandas", "joblib", "skops")


def made_with() -> dict[str, Any]:
    """Return the versions and the kind of machine, as they are kept with a run."""
    libraries = library_versions() | {name: version(name) for name in OF_THE_CHECKS}
    return {"libraries": libraries | {"python": platform.python_version()}, "machine": platform.machine()}


def changes_since(recorded: dict[str, Any]) -> list[str]:
    """Return for people what is another now; what was not recorded is not compared."""
    now = made_with()
    was = sorted(recorded.get("libraries", {}).items())
    pairs = [(name, old, now["libraries"].get(name)) for name, old in was]
    pairs.append(("the machine", recorded.get("machine", now["machine"]), now["machine"]))
    return [f"{name} was {old}, it is {new or 'absent'} now" for name, old, new in pairs if old != new]
