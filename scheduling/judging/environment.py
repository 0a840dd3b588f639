"""What figures depend on beside the inputs: libraries, interpreter and machine."""

import platform
from importlib.metadata import version

from predictions.registry.compiling import library_versions
from scheduling.evidence.provenance import Provenance

OF_THE_CHECKS = ("scipy", "pandas", "joblib", "skops")


def library_and_machine() -> tuple[dict[str, str], str]:
    """Return the versions and the kind of machine, as they are stored with a run."""
    libraries = library_versions() | {name: version(name) for name in OF_THE_CHECKS}
    return libraries | {"python": platform.python_version()}, platform.machine()


def changes_since(recorded: Provenance) -> list[str]:
    """Return a clause for each library, and the machine, that is not the same now."""
    libraries, machine = library_and_machine()
    pairs = [(name, old, libraries.get(name)) for name, old in sorted(recorded.libraries.items())]
    pairs.append(("the machine", recorded.machine, machine))
    return [f"{name} was {old} and is {new or 'not installed'} now" for name, old, new in pairs if old != new]
