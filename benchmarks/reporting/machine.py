"""Where and with what it was measured: without this, figures mean nothing."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path

from benchmarks.server.process import ROOT

OF_EACH_ENVIRONMENT = {
    "web": ("Django", "djangorestframework", "granian", "onnxruntime", "numpy", "msgspec"),
    "bench-fastapi": ("fastapi", "uvicorn", "uvloop", "pydantic", "scikit-learn", "onnxruntime"),
    "bench-mlserver": ("mlserver", "mlserver-sklearn", "fastapi", "uvicorn", "scikit-learn"),
    "bench-bolt": ("django-bolt", "Django", "onnxruntime", "numpy", "msgspec"),
    "bench-bentoml": ("bentoml", "uvicorn", "pydantic", "scikit-learn"),
}


def facts(*, load_before: float) -> dict[str, str]:
    """Return what is worth knowing of the machine, by name."""
    return {
        "Processor": processor(Path("/proc/cpuinfo").read_text()),
        "Cores": str(os.cpu_count()),
        "Load before it began": f"{load_before:.2f}",
        "System": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "wrk": _wrk(),
    }


def processor(cpuinfo: str) -> str:
    """Return the model's name from the text of `/proc/cpuinfo`, or the architecture."""
    found = re.search(r"^model name\s*: (.+)$", cpuinfo, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def libraries(environments: Path = ROOT / ".venv") -> dict[str, str]:
    """Return `name version, …` by environment, for those that are in this folder."""
    told = {}
    for environment, names in OF_EACH_ENVIRONMENT.items():
        packages = next((environments / environment / "lib").glob("python3*/site-packages"), None)
        if packages is not None:
            told[environment] = ", ".join(f"{name} {version(name, packages)}" for name in names)
    return told


def version(name: str, packages: Path) -> str:
    """Return the version of a distribution in this folder of packages."""
    for distribution in metadata.distributions(name=name, path=[str(packages)]):
        return distribution.version
    return "absent"


def _wrk() -> str:
    told = subprocess.run(["wrk", "--version"], capture_output=True, text=True).stdout
    return " ".join(told.split()[:2])
