"""Uploaded model files: opened only in a disposable process without secrets, inside limits.

Question and answer are files without a name: however either process ends, nothing of them is left.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec
from django.conf import settings

from predictions.contract.answers import Answers
from predictions.contract.error_texts import OUT_OF_MEMORY
from predictions.contract.signature import SignatureSpec
from predictions.registry.compiling import Compiled
from predictions.registry.refusals import NotCompilable
from scheduling.engine import limited_process
from scheduling.uploads import crossing
from scheduling.uploads.crossing import Question, Refusal, Result
from scheduling.uploads.refusals import Refused

if TYPE_CHECKING:
    import pandas as pd

CHILD = Path(__file__).with_name("sandbox_child.py")
MOST_SECONDS = 45.0
TAIL_BYTES = 2_000
ENVIRONMENT = {
    "ORT_DISABLE_TELEMETRY": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "HOME": "/nonexistent",
}


class SandboxRefused(Exception):
    """The file was refused, or what it held crashed, hung or ate memory; `code` and text say which."""

    def __init__(self, sentence: str, *, code: str, is_opened: bool = True) -> None:
        self.code, self.is_opened = code, is_opened
        super().__init__(sentence)


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What came out: data only. The answers are scikit-learn's, to the rows that can be asked."""

    compiled: Compiled
    answers: Answers


def examine(skops_file: bytes, *, spec: SignatureSpec, frame: pd.DataFrame) -> Examined:
    """Load, audit, answer, compile and prove, in one go. Raises `SandboxRefused` or `NotCompilable`.

    Processor time, memory, files and wall-clock time are limited, and the environment carries no
    secrets. It is no wall: the child is the same user, and could read what that user can.
    """
    seconds = min(MOST_SECONDS, settings.UPDATE_MODEL_WAIT_SECONDS / 2)  # who waits is told the reason
    result = _ask(skops_file, spec=spec, frame=frame, compile=True, seconds=seconds)
    return Examined(compiled=crossing.compiled_in(result), answers=crossing.answers_in(result, spec))


def answers(skops_file: bytes, *, spec: SignatureSpec, frame: pd.DataFrame) -> Answers:
    """Return scikit-learn's answers to those rows of `frame` that can be asked. Raises as `examine` does."""
    result = _ask(skops_file, spec=spec, frame=frame, compile=False, seconds=MOST_SECONDS)
    return crossing.answers_in(result, spec)


def _ask(
    skops_file: bytes, *, spec: SignatureSpec, frame: pd.DataFrame, compile: bool, seconds: float
) -> Result:
    frame = spec.answerable(frame)
    if frame.empty:
        raise NotCompilable("no_rows")
    columns = crossing.columns_of(frame, spec)
    question = Question(skops=skops_file, spec=spec, columns=columns, compile=compile)
    try:
        answer = crossing.decode_answer(_exchange(crossing.encode(question), seconds))
    except Refused as error:
        raise SandboxRefused(str(error), code=error.code) from None
    except msgspec.MsgspecError as error:
        unread = Refused("crashed", how="its answer is none")
        raise SandboxRefused(str(unread), code=unread.code) from error
    if isinstance(answer, Refusal):
        raise SandboxRefused(answer.sentence, code=answer.code, is_opened=answer.is_opened)
    return answer


def _exchange(question: bytes, seconds: float) -> bytes:
    """Start the child with the question, return its answer. Raises `Refused` where there is none."""
    unnamed = tempfile.TemporaryFile
    with unnamed() as asked, unnamed() as answer, unnamed() as said:
        asked.write(question)
        asked.seek(0)
        code = _run(asked, answer, said, seconds)
        answer.seek(0)
        content = answer.read()
        if code == 0 and content:
            return content
        raise _ended(code, seconds, lacked_memory=bool(OUT_OF_MEMORY.search(_tail(said))))


def _run(asked: IO[bytes], answer: IO[bytes], said: IO[bytes], seconds: float) -> int:
    """Return the child's exit code. Raises `Refused` when its time is over."""
    memory_mb = settings.CHILD_MEMORY_MB
    arguments = [str(answer.fileno()), str(memory_mb), str(round(seconds) + 1)]
    argv = [sys.executable, "-I", str(CHILD), *arguments]
    try:
        return subprocess.run(
            limited_process.command(memory_mb=memory_mb, argv=argv),  # dies with this process
            cwd="/",
            env=ENVIRONMENT,
            stdin=asked,
            stdout=said,
            stderr=said,
            pass_fds=[answer.fileno()],
            timeout=seconds,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        raise Refused("time", seconds=seconds) from None


def _tail(said: IO[bytes]) -> str:
    said.seek(max(0, said.seek(0, 2) - TAIL_BYTES))
    return said.read().decode(errors="replace")


def _ended(code: int, seconds: float, *, lacked_memory: bool) -> Refused:
    """Say how a child ended that gave no answer. Its last words may quote a row: nobody is told them."""
    how = limited_process.described(code)
    if lacked_memory:
        return Refused("memory", megabytes=settings.CHILD_MEMORY_MB)
    if code == -signal.SIGXCPU:
        return Refused("time", seconds=seconds)
    return Refused("killed" if code == -signal.SIGKILL else "crashed", how=how)
