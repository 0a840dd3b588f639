"""A virtual environment for each cell, with versions that uv resolves from the package's ranges."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from mlsite.tests.matrix.cells import OLDEST, Cell
from mlsite.tests.processes import ROOT

UV = os.environ.get("UV", str(ROOT / ".venv/uv/bin/uv"))


def python_of(version: str) -> str | None:
    """Return an interpreter of this version that starts, or None."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    for path in _candidates(version):
        told = subprocess.run([path, "-c", ask], capture_output=True, text=True)
        if told.stdout.strip() == version:
            return path
    return None


def _candidates(version: str) -> Iterator[str]:
    """On the path; pyenv's, whose command on the path may refuse; those that uv has installed."""
    if found := shutil.which(f"python{version}"):
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from (str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/python")))
    found = subprocess.run(
        [UV, "python", "find", "--no-python-downloads", version], capture_output=True, text=True
    )
    if found.returncode == 0:
        yield found.stdout.strip()


def prepare(cell: Cell, *, python: str, folder: Path) -> Path:
    """Return the interpreter of a new environment. Raises `CalledProcessError` if no versions go together."""
    made = folder / "venv" / "bin" / "python"
    _uv("venv", "--clear", "--python", python, str(folder / "venv"))
    package = folder / "package.txt"
    lowest = ["--resolution", "lowest-direct"] if cell.sklearn == OLDEST else []
    wanted = folder / "wanted.txt"
    series = [] if cell.sklearn == OLDEST else [f"scikit-learn=={cell.sklearn}.*"]
    wanted.write_text("\n".join([f"Django=={cell.django}.*", *series, ""]))
    project = [str(ROOT / "pyproject.toml"), "--all-extras", "--constraints", str(wanted)]
    _uv("pip", "compile", *project, *lowest, "--python", str(made), "--output-file", str(package))
    beside = str(ROOT / "requirements/matrix.in")
    _uv("pip", "install", "--python", str(made), "-r", str(package), "-r", beside)
    return made


def _uv(*arguments: str) -> None:
    subprocess.run([UV, "--quiet", *arguments], check=True)
