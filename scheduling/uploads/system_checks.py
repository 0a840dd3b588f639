"""What `manage.py check --deploy` says of uploads: the sandbox's walls here, and trusted packages."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Warning

from predictions.conf import config, setting_name

ISOLATION = Path(__file__).with_name("isolation.py")
WALLS = {  # that an operator can make stand: what is possible without it, and what helps
    "files": (
        "can read every file that its user can",
        "Use Linux 5.13 or newer with Landlock, and a container runtime that allows it.",
    ),
    "network": (
        "is in the network of this machine",
        "Allow user namespaces, or start the scheduler as root. Without it Landlock still forbids TCP.",
    ),
}


def check_uploads(**options: Any) -> list[CheckMessage]:
    """Return a message for each wall that does not stand here, and each package that is not installed."""
    walls = standing()
    messages: list[CheckMessage] = [
        Warning(f"The sandbox that opens uploads {without}.", hint=hint, id=f"scheduling.W{number:03}")
        for number, (name, (without, hint)) in enumerate(WALLS.items(), start=1)
        if name not in walls
    ]
    return messages + [
        Warning(
            f"{setting_name('TRUSTED_MODULES')} names {package}, which is not installed here.",
            hint="Install it where runs are done; the web tier does not need it.",
            id="scheduling.W003",
        )
        for package in config.TRUSTED_MODULES
        if find_spec(package) is None
    ]


def standing() -> list[str]:
    """Return the names of the walls that stand here, as a process of its own finds out."""
    argv = [sys.executable, "-I", str(ISOLATION)]
    done = subprocess.run(argv, capture_output=True, timeout=30, check=False)
    return list(json.loads(done.stdout)) if done.returncode == 0 else []
