"""Parameters by scikit-learn's path, such as classifier__max_depth: what of them does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches

MOST_NAMED = 8


def refusal_of(names: Iterable[str], known: Iterable[str]) -> str:
    """Return what is wrong with the first of `names` that a pipeline does not know; empty if it knows all."""
    known = sorted(known)
    strange = sorted(set(names) - set(known))
    if not strange:
        return ""
    near = ", ".join(_nearest(strange[0], known)[:MOST_NAMED])
    return f"{strange[0]} is not a parameter of the pipeline. Choose another, such as {near}."


def _nearest(name: str, known: list[str]) -> list[str]:
    """Return the parameters that are called alike in any step; else those spelt alike; else all."""
    last = name.split("__")[-1]
    same = [one for one in known if one.split("__")[-1] == last]
    return same or get_close_matches(name, known, n=MOST_NAMED, cutoff=0.5) or known
