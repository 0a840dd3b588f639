"""Uploaded model files are opened only here: in a disposable process without secrets, inside limits."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import msgspec

from predictions.conf import config
from predictions.contract.answers import Answers
from predictions.contract.error_texts import OUT_OF_MEMORY
from predictions.contract.signature import SignatureSpec
from predictions.registry.refusals import NotCompilable
from scheduling.engine import limited_process
from scheduling.uploads import crossing
from scheduling.uploads.crossing import Cloned, CloneQuestion, Examined, Question, Refusal
from scheduling.uploads.refusals import Refused

if TYPE_CHECKING:
    import pandas as pd

CHILD = Path(__file__).with_name("sandbox_child.py")
MOST_SECONDS = 45.0
TAIL_BYTES = 2_000
ENVIRONMENT = {"HOME": "/nonexistent", "ORT_DISABLE_TELEMETRY": "1"}
ENVIRONMENT |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class SandboxRefused(Exception):
    """The file was refused, or what it contains crashed, hung or took too much memory: see `code`."""

    def __init__(self, sentence: str, *, code: str, is_opened: bool = True) -> None:
        self.code, self.is_opened = code, is_opened
        super().__init__(sentence)


def examine(
    model_file: bytes, *, spec: SignatureSpec, frame: pd.DataFrame, fixed: list[str] | None = None
) -> Examined:
    """Load, audit, answer, compile and prove, in one go. Raises `SandboxRefused` or `NotCompilable`.

    With `fixed` an open text becomes a category where the model takes only those that it knows, unless
    `fixed` names it: see `Examined.closed`.
    Which walls stand round it besides its limits depends on the system: see `isolation`.
    """
    seconds = min(MOST_SECONDS, config.UPDATE_MODEL_WAIT_SECONDS / 2)  # the caller is to get the reason
    return _ask(model_file, spec=spec, frame=frame, compile=True, fixed=fixed, seconds=seconds)


def answers(model_file: bytes, *, spec: SignatureSpec, frame: pd.DataFrame) -> Answers:
    """Return the model's own answers to the complete rows of `frame`: of an ONNX file those of its graph.

    Raises the same as `examine`.
    """
    return _ask(model_file, spec=spec, frame=frame, compile=False, seconds=MOST_SECONDS).answers


def clone(skops_file: bytes) -> Cloned:
    """Return the estimator of the file without what it learned. Raises `SandboxRefused`."""
    answer = _answer(CloneQuestion(skops=skops_file), MOST_SECONDS)
    assert isinstance(answer, Cloned)
    return answer


def _ask(
    model_file: bytes, *, spec: SignatureSpec, frame: pd.DataFrame, compile: bool, seconds: float,
    fixed: list[str] | None = None,
) -> Examined:  # fmt: skip
    frame = spec.answerable(frame)
    if frame.empty:
        raise NotCompilable("no_rows")
    columns = crossing.columns_of(frame, spec)
    question = Question(content=model_file, spec=spec, columns=columns, compile=compile, fixed=fixed)
    answer = _answer(question, seconds)
    assert isinstance(answer, Examined)
    return answer


def _answer(question: Question | CloneQuestion, seconds: float) -> Examined | Cloned:
    try:
        answer = crossing.decode_answer(_exchange(crossing.encode(question), seconds))
    except Refused as error:
        raise SandboxRefused(str(error), code=error.code) from None
    except msgspec.MsgspecError as error:
        unread = Refused("crashed", how="its answer cannot be read")
        raise SandboxRefused(str(unread), code=unread.code) from error
    if isinstance(answer, Refusal):
        raise SandboxRefused(answer.sentence, code=answer.code, is_opened=answer.is_opened)
    return answer


def _exchange(question: bytes, seconds: float) -> bytes:
    """Start the child with the question and return its answer. Raises `Refused` if it gives none."""
    memory_mb = config.CHILD_MEMORY_MB
    with TemporaryFile() as asked, TemporaryFile() as answer, TemporaryFile() as output:
        asked.write(question)
        asked.seek(0)
        arguments = [str(answer.fileno()), str(memory_mb), str(round(seconds) + 1)]
        argv = [sys.executable, "-I", str(CHILD), *arguments, *config.TRUSTED_MODULES]
        try:
            code = subprocess.run(
                limited_process.command(memory_mb=memory_mb, argv=argv),  # dies with this process
                cwd="/", env=ENVIRONMENT, stdin=asked, stdout=output, stderr=output,
                pass_fds=[answer.fileno()], timeout=seconds, check=False,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Refused("time", seconds=seconds) from None
        answer.seek(0)
        if (content := answer.read()) and code == 0:
            return content
        # What the child printed last may quote a row, so it is searched here and shown to nobody.
        output.seek(max(0, output.seek(0, 2) - TAIL_BYTES))
        lacked_memory = OUT_OF_MEMORY.search(output.read().decode(errors="replace"))
    if lacked_memory:
        raise Refused("memory", megabytes=memory_mb)
    if code == -signal.SIGXCPU:
        raise Refused("time", seconds=seconds)
    raise Refused("killed" if code == -signal.SIGKILL else "crashed", how=limited_process.described(code))
