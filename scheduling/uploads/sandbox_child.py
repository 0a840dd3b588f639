"""The disposable process that opens an uploaded model file. Started as `python -I`, never imported.

It limits and isolates itself, reads a question from standard input, and writes an answer to the given open
file. A file of unsound structure is refused before scikit-learn, skops or the converter are loaded.
"""

import gc
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from predictions.registry.refusals import kind_in_words, raise_if_out_of_memory
from scheduling.uploads.isolation import isolate
from scheduling.uploads.refusals import Refused, megabytes
from scheduling.uploads.structure.container import checked_file

READERS = {"skops", "onnxruntime", "catboost"}  # what builds a model from a file
RESULT_BYTES = 256 * 2**20


def main() -> None:
    """Arguments: the number of the file for the answer, megabytes, processor seconds, trusted packages."""
    answer_to, memory_mb, seconds = (int(argument) for argument in sys.argv[1:4])
    trusted = sys.argv[4:]
    limit(memory_mb, seconds)
    isolate(trusted)
    gc.disable()  # it would go through the same hundred thousand objects again and again
    content = answered(sys.stdin.buffer.read(), memory_mb, trusted)
    if len(content) > RESULT_BYTES:
        content = _encoded(Refused("large_result", most=megabytes(RESULT_BYTES)))
    with os.fdopen(answer_to, "wb") as file:
        file.write(content)


def limit(memory_mb: int, seconds: int) -> None:
    """Limit memory, processor time, and the size and number of files."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # at the first, SIGXCPU tells why
    for kind, most in (
        (resource.RLIMIT_AS, memory_mb * 2**20),
        (resource.RLIMIT_FSIZE, RESULT_BYTES),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def answered(question: bytes, memory_mb: int, trusted: Sequence[str] = ()) -> bytes:
    """Return the encoded answer; whatever a crafted file causes becomes a refusal."""
    from predictions.registry.refusals import NotCompilable
    from scheduling.uploads.cloning import NotClonable

    try:
        try:
            return examined(question, trusted)
        except (Refused, NotCompilable, NotClonable) as error:
            return _encoded(error)
        except Exception as error:
            raise_if_out_of_memory(error)
            return _encoded(Refused("failed", cause=kind_in_words(error)))
    except MemoryError:
        return _encoded(Refused("memory", megabytes=memory_mb))


def _encoded(error: Any) -> bytes:
    from scheduling.uploads.crossing import Refusal, encode

    return encode(Refusal(code=error.code, sentence=str(error), is_opened=bool(sys.modules.keys() & READERS)))


def examined(question: bytes, trusted: Sequence[str]) -> bytes:
    """Look at the structure first; only then load what could build the model, answer and compile."""
    from scheduling.uploads.crossing import CloneQuestion, decode_question, encode
    from scheduling.uploads.kinds import Kind, kind_of

    asked = decode_question(question)
    if isinstance(asked, CloneQuestion):
        if kind_of(asked.skops) is not Kind.SKOPS:
            raise Refused("no_clone")
        return cloned(*checked_file(asked.skops), trusted)
    kind = kind_of(asked.content)
    checked = checked_file(asked.content) if kind is Kind.SKOPS else None

    from scheduling.uploads import examining

    if checked:
        return encode(examining.of_skops(asked, *checked, trusted=trusted))
    return encode(examining.of_onnx(asked) if kind is Kind.ONNX else examining.of_catboost(asked))


def cloned(content: bytes, schema: Any, trusted: Sequence[str]) -> bytes:
    """Check the same; then return the estimator without what it learned."""
    import skops.io

    from scheduling.uploads.cloning import cloned, feature_names
    from scheduling.uploads.crossing import Cloned, encode
    from scheduling.uploads.opening import open_skops

    estimator = open_skops(content, schema, trusted=trusted)
    return encode(Cloned(skops=skops.io.dumps(cloned(estimator)), features=feature_names(estimator)))


if __name__ == "__main__":
    main()
