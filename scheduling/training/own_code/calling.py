"""One call of training code, and what it did in a word: a value that crosses to the run."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import dataclass, field
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from predictions.conf import setting_name
from predictions.contract.error_texts import kind_of
from predictions.registry.refusals import raise_if_out_of_memory
from scheduling.runs.named_functions import NotImportable, function_at
from scheduling.training.own_code.context import TrainingContext

if TYPE_CHECKING:
    import pandas as pd

RULE = "Return the fitted estimator."


@dataclass(frozen=True, kw_only=True)
class Called:
    """What came of it: nothing wrong, and the packages that the estimator needs; or why there is none."""

    wrong: str = ""  # a clause that follows the trainer's name
    traceback: str = ""  # its last line first; it may quote rows
    libraries: dict[str, str] = field(default_factory=dict)


def call(path: str, frame: pd.DataFrame, context: TrainingContext, *, into: Path) -> Called:
    """Call `package.module:function` and store what it returns in the file `into`. Raises `MemoryError`."""
    process = os.getpid()
    try:
        estimator = function_at(path)(frame, context)
    except NotImportable as error:
        return Called(
            wrong=f"cannot be called. {error} Correct {setting_name('TRAINERS')}, or install its package."
        )
    except SystemExit:
        return Called(wrong=f"called sys.exit. {RULE}", traceback=_told())
    except MemoryError:
        raise
    except BaseException as error:
        raise_if_out_of_memory(error)
        return Called(wrong=f"raised {kind_of(error)} ({_place(error)}). Correct it.", traceback=_told())
    finally:
        if os.getpid() != process:  # a process that it forked, and that came back from it
            os._exit(1)
    if estimator is None:
        return Called(wrong=f"returned None. {RULE}")
    return _stored(estimator, path, into)


def _stored(estimator: Any, path: str, into: Path) -> Called:
    import joblib

    try:
        joblib.dump(estimator, into)
    except Exception as error:  # pickle raises what the object raises
        raise_if_out_of_memory(error)
        what = type(estimator).__name__
        why = f"returned a {what} that cannot be stored ({kind_of(error)}). Use classes and functions that "
        return Called(wrong=f"{why}stand in a module: no lambdas, open files or locks.", traceback=_told())
    return Called(libraries=libraries_of(path, estimator))


def libraries_of(path: str, estimator: Any) -> dict[str, str]:
    """Return the installed packages that the code and the parts of the estimator come from, with versions."""
    parts = [estimator, *(estimator.get_params().values() if hasattr(estimator, "get_params") else ())]
    rooms = {path.partition(".")[0].partition(":")[0]}
    rooms |= {type(part).__module__.partition(".")[0] for part in parts} - sys.stdlib_module_names
    known = packages_distributions()
    return {name: version(name) for room in sorted(rooms) for name in known.get(room, [])}


def _told() -> str:
    """The traceback of the error that is being handled, its last line first."""
    told = traceback.format_exc()
    return f"{told.rstrip().rpartition(chr(10))[2]}\n\n{told}"


def _place(error: BaseException) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{os.path.basename(where.filename)}, line {where.lineno}"
