"""A search over parameters stands for the estimator that it found: the rest of it is never opened.

The rest may hold functions, distributions and splitters of any library, and predicts nothing.
"""

from typing import Any

from scheduling.uploads.refusals import Refused

SEARCHES = "sklearn.model_selection._search"  # and _search_successive_halving
OF_FILE = ("protocol", "_skops_version")  # what the outermost part says of the whole file


def take_best(whole: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a parsed schema.json without its searches, and a name for each: "" for one never fitted.

    Raises `Refused`.
    """
    names: list[str] = []
    top = _best_of(whole, names, otherwise="")
    if top is not whole:
        top |= {key: whole[key] for key in OF_FILE if key in whole}
    waiting: list[Any] = [top]
    while waiting:
        value = waiting.pop()
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(item, dict):
                value[key] = item = _best_of(item, names, otherwise="estimator")
            if isinstance(item, dict | list):
                waiting.append(item)
    return top, names


def _best_of(part: dict[str, Any], names: list[str], *, otherwise: str) -> dict[str, Any]:
    """Return the best estimator of a search, or the part itself if it is none.

    Inside of a model there are searches that were never fitted: of these the attribute `otherwise` is taken.
    """
    while str(part.get("__module__")).startswith(SEARCHES) and part.get("__loader__") == "ObjectNode":
        name = str(part.get("__class__"))[:80]
        try:
            state = part["content"]["content"]
            part = state["best_estimator_" if "best_estimator_" in state else otherwise]
            part["__loader__"]
        except (KeyError, TypeError):
            raise Refused("search", name=name) from None
        names.append(name if "best_estimator_" in state else "")
    return part
