"""The process that calls training code. Started by `trainer`: `python -m …process <folder> <messages>`.

In the folder it finds `asked`, and leaves `estimator` and `answer`. What it prints goes to its parent.
"""

import json
import os
import pickle
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import django

ASKED, ESTIMATOR, ANSWER = "asked", "estimator", "answer"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What crosses to the process. `dataset` names its file by the whole path."""

    path: str
    dataset: Any
    spec: Any
    context: dict[str, Any]


def main() -> None:
    """Read what is asked, call the code, and leave the answer."""
    folder, messages = Path(sys.argv[1]), int(sys.argv[2])
    django.setup()

    os.set_inheritable(messages, False)
    outcome = within_memory(folder, messages)
    draft = folder / f"{ANSWER}.draft"
    draft.write_text(json.dumps(asdict(outcome)))
    draft.rename(folder / ANSWER)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads that it started are not waited for


def within_memory(folder: Path, messages: int) -> Any:
    """As `called`, and an outcome where memory does not suffice."""
    from predictions.registry.refusals import raise_if_out_of_memory
    from scheduling.training.own_code.calling import Called

    try:
        try:
            return called(folder, messages)
        except Exception as error:
            raise_if_out_of_memory(error)
            raise
    except MemoryError:
        return Called(wrong="memory")


def called(folder: Path, messages: int) -> Any:
    """Call the code with the rows and the context; its messages go to the pipe. Raises `MemoryError`."""
    from predictions.registry.datasets import whole_frame
    from scheduling.training.fitting import labelled
    from scheduling.training.own_code.calling import call
    from scheduling.training.own_code.context import Contract, TrainingContext

    asked: Asked = pickle.loads((folder / ASKED).read_bytes())  # noqa: S301 our parent wrote it
    features, output = labelled(whole_frame(asked.dataset, asked.spec), asked.spec)
    frame = features.assign(**{asked.spec.output_name: output})

    def send(message: dict[str, Any]) -> None:
        with suppress(OSError):  # the code closed it
            os.write(messages, json.dumps(message).encode() + b"\n")

    context = TrainingContext(signature=Contract.of(asked.spec), send=send, **asked.context)
    return call(asked.path, frame, context, into=folder / ESTIMATOR)


if __name__ == "__main__":
    main()
