"""Whether each type that a file needs is on our list, or of a package that the operator trusts."""

import importlib
from collections.abc import Collection

from predictions.conf.kinds import may_be_trusted
from predictions.registry.refusals import kind_in_words, listed
from scheduling.uploads.audit.allowed import ALLOWED
from scheduling.uploads.refusals import Refused
from scheduling.uploads.structure.schema import Schema

TIMES = ("pandas.Timestamp", "pandas.Timedelta")
OF_PACKAGES = {"ObjectNode", "FunctionNode"}


def refuse_types(needed: set[str], schema: Schema, trusted: Collection[str]) -> None:
    """Refuse a file that needs other types, or has them built in another way than skops does.

    A name that is trusted is trusted by each loader of skops: a list of the type `f` would call f.
    """
    own = {name for name in needed if name.partition(".")[0] in trusted}
    for name in sorted(needed):
        loaders = schema.loaders.get(name, set())
        may = OF_PACKAGES if name in own else ALLOWED.get(name, set())
        if name in own and not loaders <= may:
            raise Refused("disguised", name=name, package=name.partition(".")[0])
        if not loaders or not loaders <= may:
            refuse_foreign({other for other in needed - own if other not in ALLOWED} or {name}, schema)
    for name in sorted(own):
        refuse_disguised(name, schema.loaders[name])


def refuse_foreign(names: set[str], schema: Schema) -> None:
    """Refuse types that are not trusted; they show what to do."""
    roots = {name: name.partition(".")[0] for name in sorted(names)}
    if own := [name for name, root in roots.items() if root == "__main__"]:
        raise Refused("own_code", names=listed(own, 3))
    if times := [name for name in roots if name in TIMES]:
        raise Refused("times", names=listed(times, 3))
    if any(root == "catboost" for root in roots.values()):
        raise Refused("catboost_inside")
    if foreign := [name for name, root in roots.items() if may_be_trusted(root)]:
        packages = ",".join(sorted({roots[name] for name in foreign}))
        is_not = "is not" if len(foreign) == 1 else "are not"
        raise Refused("foreign_library", names=listed(foreign, 3), is_not=is_not, packages=packages)
    if functions := [name for name, root in roots.items() if root != "sklearn"]:
        raise Refused("function", names=listed(functions, 3))
    raise Refused("unchecked_type", name=schema.name, names=listed(name.rpartition(".")[2] for name in roots))


def refuse_disguised(name: str, loaders: set[str]) -> None:
    """Refuse what a trusted package only imports, such as `os.system`, and what is not what it says."""
    root, (module, _, attribute) = name.partition(".")[0], name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # the package's own code runs, and may raise anything
        raise Refused("not_installed", names=name, cause=kind_in_words(error), package=root) from error
    is_type = isinstance(found, type)
    is_its_own = str(getattr(found, "__module__", "")).partition(".")[0] == root
    is_as_said = loaders <= {"ObjectNode" if is_type else "FunctionNode"}
    if not (is_its_own and callable(found) and is_as_said):
        raise Refused("disguised", name=name, package=root)
