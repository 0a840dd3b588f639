"""Training code of one's own: called in a process of its own, listened to, and told in a sentence."""

from __future__ import annotations

import copy
import io
import json
import os
import pickle
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from predictions.conf import config, setting_name
from predictions.contract.error_texts import OUT_OF_MEMORY
from predictions.models import Dataset
from predictions.models.promotion import live_promotion
from scheduling.engine import limited_process
from scheduling.models import Recipe
from scheduling.runs import drafts
from scheduling.training.job import Job, Trained, name_by
from scheduling.training.own_code.calling import Called
from scheduling.training.own_code.listening import Listener
from scheduling.training.own_code.process import ANSWER, ASKED, ESTIMATOR, Asked
from scheduling.training.refusals import TrainingFailed

MARGIN_SECONDS = 5.0  # the supervisor ends the whole run at the limit, without this sentence


def train(recipe: Recipe, job: Job) -> Trained:
    """Call the recipe's trainer. Raises `TrainingFailed`, whatever the code does."""
    name, path = name_by(recipe, run=job.run), config.TRAINERS[recipe.trainer]
    with drafts.folder_of(job.run) as folder:
        asked = Asked(path=path, dataset=_by_path(job.training), spec=job.spec, context=_context(job))
        (folder / ASKED).write_bytes(pickle.dumps(asked))
        called = _call(folder, job, recipe.trainer)
        if called.wrong:
            failed = TrainingFailed(f"The trainer {recipe.trainer} {_in_full(called.wrong)}")
            if called.traceback:
                failed.add_note(called.traceback)
            raise failed
        return Trained(estimator=_loaded(folder, recipe.trainer), name=name, libraries=called.libraries)


def _call(folder: Path, job: Job, trainer: str) -> Called:
    """Start the process, listen to it, and return what it left. Raises `TrainingFailed`."""
    process, messages = _started(folder)
    listener = Listener(job.report)
    limit = config.FIT_TIME_LIMIT_SECONDS
    try:
        seconds = limit - min(MARGIN_SECONDS, limit / 10)
        if not listener.listen(process, messages, seconds=seconds):
            raise TrainingFailed(
                f"The trainer {trainer} was stopped after {limit} s. Make it faster, train on fewer rows, or "
                f"raise {setting_name('FIT_TIME_LIMIT_SECONDS')}."
            )
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
        os.close(messages)
    if (folder / ANSWER).exists():
        return Called(**json.loads((folder / ANSWER).read_text()))
    lacked_memory = process.returncode == -signal.SIGKILL or OUT_OF_MEMORY.search(
        listener.tail[-2000:].decode(errors="replace")
    )
    how = limited_process.described(process.returncode)
    return Called(wrong="memory" if lacked_memory else f"ended its process ({how}). Let it return instead.")


def _started(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Return the process, and the number of the pipe that its messages come from."""
    messages, theirs = os.pipe()
    module = "scheduling.training.own_code.process"
    argv = [sys.executable, "-m", module, str(folder), str(theirs)]
    try:
        process = subprocess.Popen(
            limited_process.command(memory_mb=config.CHILD_MEMORY_MB, argv=argv),
            env=limited_process.environment() | {"PYTHONUNBUFFERED": "1"}, pass_fds=[theirs],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    finally:
        os.close(theirs)
    return process, messages


def _by_path(dataset: Dataset) -> Dataset:
    """Return the row with the whole path of its file: the process needs no database for it."""
    named = copy.copy(dataset)
    named.file = str(config.MEDIA_ROOT / dataset.file)
    return named


def _context(job: Job) -> dict[str, Any]:
    live = live_promotion(job.registered_model)
    window = [job.training.snapshot.get(name) for name in ("since", "until")]
    return {
        "seed": job.run,
        "run": job.run,
        "window": tuple(map(datetime.fromisoformat, window)) if all(window) else None,
        "champion": live.version.label if live else None,
        "champion_parameters": live.version.params if live else {},
    }


def _loaded(folder: Path, trainer: str) -> Any:
    import joblib

    try:
        return joblib.load(io.BytesIO((folder / ESTIMATOR).read_bytes()))
    except Exception as error:
        raise TrainingFailed(
            f"What the trainer {trainer} returned was stored, and cannot be loaded again. Correct how its "
            "class is pickled."
        ) from error


def _in_full(wrong: str) -> str:
    if wrong != "memory":
        return wrong
    return (
        f"needs more than {config.CHILD_MEMORY_MB:,} MB of memory. Train on fewer rows, or raise "
        f"{setting_name('CHILD_MEMORY_MB')}."
    )
