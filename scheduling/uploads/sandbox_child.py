"""The disposable process that opens an uploaded skops file. Started as `python -I`, never imported.

It limits itself first, reads three files of its folder and writes two; it has no settings.
"""

import json
import resource
import sys
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

CPU_SECONDS = 60
FILE_BYTES = 256 * 2**20
UNPACKED_BYTES = 512 * 2**20
MEMBER_ENDINGS = (".json", ".npy", ".npz")
# Beyond what skops trusts by default. Its content is audited below: crafted indices crash a tree.
TRUSTED = {"sklearn.tree._tree.Tree", "numpy.dtype"}


class Refused(Exception):
    """The file is not one that we open."""


def main() -> None:
    """Examine the file in the folder that is named first, under the memory limit named second."""
    room, memory_mb = Path(sys.argv[1]), int(sys.argv[2])
    limit(memory_mb)
    try:
        result = examine(room)
    except Refused as error:
        result = {"refused": str(error)}
    except Exception as error:  # whatever a crafted file brings about is a refusal
        result = {"refused": f"{type(error).__name__}: {error}"[:500]}
    (room / "result.json").write_text(json.dumps(result))


def limit(memory_mb: int) -> None:
    """Memory, processor time, size and number of files, no core file."""
    for kind, most in (
        (resource.RLIMIT_AS, memory_mb * 2**20),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def examine(room: Path) -> dict[str, Any]:
    """Check the container, the types, the content; then compile and prove."""
    import pandas as pd

    from predictions.registry.compiling import answers_of, compile_and_prove

    estimator = open_skops(room / "model.skops")
    spec = read_spec(room / "spec.json")
    frame = pd.read_json(room / "frame.json", orient="split", precise_float=True)
    compiled = asdict(compile_and_prove(estimator, spec, frame))
    (room / "served.onnx").write_bytes(compiled.pop("served_form"))
    answers = answers_of(estimator, spec, frame)
    probabilities = None if answers.probabilities is None else answers.probabilities.tolist()
    return {
        "compiled": compiled,
        "answers": {"outputs": answers.outputs, "probabilities": probabilities},
    }


def read_spec(path: Path) -> Any:
    """The signature, as a value."""
    import msgspec

    from predictions.contract.signature import SignatureSpec

    return msgspec.json.decode(path.read_bytes(), type=SignatureSpec)


def open_skops(path: Path) -> Any:
    """Return the fitted estimator in the file. Raises `Refused`."""
    refuse_container(path)
    from sklearn.base import BaseEstimator
    from skops.io import get_untrusted_types, load

    untrusted = set(get_untrusted_types(file=path))
    if not untrusted <= TRUSTED:
        raise Refused(f"types that are not trusted: {', '.join(sorted(untrusted - TRUSTED))}")
    estimator = load(path, trusted=sorted(untrusted))
    if not isinstance(estimator, BaseEstimator) or not hasattr(estimator, "predict"):
        raise Refused(f"a {type(estimator).__name__} is no scikit-learn estimator")
    refuse_parameters(estimator.get_params(deep=True))
    for tree in trees_in(estimator):
        refuse_tree(tree)
    return estimator


def refuse_container(path: Path) -> None:
    """Sum up the sizes before anything is unpacked, and take no member of another kind."""
    if path.open("rb").read(4) != b"PK\x03\x04":
        raise Refused("not a skops file: it does not begin as a zip")
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    if sum(member.file_size for member in members) > UNPACKED_BYTES:
        raise Refused(f"unpacked it is over {UNPACKED_BYTES} bytes")
    if "schema.json" not in {member.filename for member in members}:
        raise Refused("not a skops file: it has no schema.json")
    for member in members:
        if not member.filename.endswith(MEMBER_ENDINGS) or "/" in member.filename:
            raise Refused(f"a member that skops does not write: {member.filename[:80]}")


def refuse_parameters(params: dict[str, Any]) -> None:
    """Refuse what trusted types can still be told to do: read files, write caches, start processes."""
    for name, value in params.items():
        last = name.rsplit("__", 1)[-1]
        if last == "input" and value != "content":
            raise Refused(f"{name} would read files")
        if last == "memory" and value is not None:
            raise Refused(f"{name} would write files")
        if last == "n_jobs" and value not in (None, 1):
            raise Refused(f"{name} would start processes: set it to None")
        if callable(value) and not isinstance(value, type) and not hasattr(value, "get_params"):
            raise Refused(f"{name} is a function")


def trees_in(value: Any, seen: set[int] | None = None) -> list[Any]:
    """Return every decision tree below an object, wherever it hangs."""
    from sklearn.tree._tree import Tree

    seen = set() if seen is None else seen
    if id(value) in seen:
        return []
    seen.add(id(value))
    if isinstance(value, Tree):
        return [value]
    if isinstance(value, dict):
        inner: Any = value.values()
    elif isinstance(value, list | tuple | set) or getattr(value, "dtype", None) == "object":
        inner = list(getattr(value, "flat", value))
    else:
        inner = getattr(value, "__dict__", {}).values()
    return [tree for item in inner for tree in trees_in(item, seen)]


def refuse_tree(tree: Any) -> None:
    """Refuse indices that lead out of the arrays, or round in a circle: they crash or hang."""
    import numpy as np

    count = tree.node_count
    left, right, feature = tree.children_left, tree.children_right, tree.feature
    if not len(left) == len(right) == len(feature) == len(tree.threshold) == len(tree.value) == count:
        raise Refused("a tree whose arrays differ in length")
    here = np.arange(count)
    leaf = left == -1
    if not np.array_equal(leaf, right == -1):
        raise Refused("a tree with half a node")
    inside = ~leaf
    for children in (left[inside], right[inside]):
        if (children <= here[inside]).any() or (children >= count).any():
            raise Refused("a tree whose nodes do not lead downwards")
    if (feature[inside] < 0).any() or (feature[inside] >= tree.n_features).any():
        raise Refused("a tree that asks for a feature there is not")


if __name__ == "__main__":
    main()
