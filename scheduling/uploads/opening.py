"""From a file that `container` found sound to the estimator in it: types from a list, contents audited."""

import io
import json
import zipfile
from collections.abc import Collection
from importlib.metadata import version
from typing import Any

from predictions import PACKAGES
from predictions.registry.refusals import kind_in_words, raise_if_out_of_memory
from scheduling.uploads.audit import boosters
from scheduling.uploads.audit.audit import audit
from scheduling.uploads.audit.type_list import refuse_types
from scheduling.uploads.refusals import Refused
from scheduling.uploads.structure.schema import SCHEMA, Schema


def open_skops(content: bytes, schema: Schema, *, trusted: Collection[str] = ()) -> Any:
    """Return the fitted estimator in the file. Raises `Refused`.

    `trusted` are the packages of `TRUSTED_MODULES`: their classes and functions may be in it, ours never.
    """
    from sklearn.base import BaseEstimator
    from skops.io import get_untrusted_types, loads

    try:
        needed = set(get_untrusted_types(data=content))
        refuse_types(needed, schema, {*trusted} - PACKAGES)
        boosters.refuse_absent(needed)
        if "lightgbm.basic.Booster" in needed:
            boosters.refuse_lightgbm(_schema_in(content))
        estimator = loads(content, trusted=sorted(needed))
        if not isinstance(estimator, BaseEstimator):
            raise Refused("no_model", what=f"a {type(estimator).__name__}")
        audit(estimator)
    except Refused:
        raise
    except Exception as error:  # skops and scikit-learn raise whatever they meet in a crafted file
        raise_if_out_of_memory(error)
        cause, ours = kind_in_words(error), version("skops")
        if schema.skops.split(".")[:2] != ours.split(".")[:2]:
            raise Refused("other_skops", theirs=schema.skops, ours=ours, cause=cause) from error
        raise Refused("unreadable", cause=cause) from error
    return estimator


def _schema_in(content: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read(SCHEMA))
