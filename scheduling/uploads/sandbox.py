"""Uploaded model files: opened only in a disposable process without secrets, inside limits."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

from predictions.contract.error_texts import OUT_OF_MEMORY
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import Compiled
from predictions.serving.serving import Answers
from scheduling.engine import limited_process

if TYPE_CHECKING:
    import pandas as pd

CHILD = Path(__file__).with_name("sandbox_child.py")
SECONDS = 90


class SandboxRefused(Exception):
    """The file was refused, or what it held crashed, hung or ate memory; the text says which."""


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What came out of the sandbox: data only."""

    compiled: Compiled
    answers: Answers


def examine(skops_file: bytes, *, spec: SignatureSpec, frame: pd.DataFrame) -> Examined:
    """Load, audit, compile and prove an uploaded skops file. Raises `SandboxRefused`.

    Processor time, memory, files and wall-clock time are limited, and the environment carries no
    secrets. It is no wall: the child is the same user, and could read what that user can.
    """
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        (room / "model.skops").write_bytes(skops_file)
        (room / "spec.json").write_text(json.dumps(asdict(spec)))
        frame.to_json(room / "frame.json", orient="split", double_precision=15)
        _run(room)
        result = json.loads((room / "result.json").read_text())
        if "refused" in result:
            raise SandboxRefused(result["refused"])
        return _examined(result, (room / "served.onnx").read_bytes())


def _run(room: Path) -> None:
    argv = [sys.executable, "-I", str(CHILD), str(room), str(settings.CHILD_MEMORY_MB)]
    argv = limited_process.command(memory_mb=settings.CHILD_MEMORY_MB, argv=argv)  # dies with this process
    environment = {"ORT_DISABLE_TELEMETRY": "1", "OPENBLAS_NUM_THREADS": "1", "HOME": str(room)}
    try:
        done = subprocess.run(
            argv, cwd=room, env=environment, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise SandboxRefused(f"it was not done within {SECONDS} seconds") from None
    if done.returncode != 0 or not (room / "result.json").exists():
        why = ": out of memory" if OUT_OF_MEMORY.search(done.stderr.decode(errors="replace")) else ""
        raise SandboxRefused(f"its process ended with {done.returncode}{why}")


def _examined(result: dict[str, Any], served_form: bytes) -> Examined:
    probabilities = result["answers"]["probabilities"]
    return Examined(
        compiled=Compiled(served_form=served_form, **result["compiled"]),
        answers=Answers(
            result["answers"]["outputs"], None if probabilities is None else np.array(probabilities)
        ),
    )
