"""The allow-list: each entry is needed by an honest model, which is taken, and is built in one way only."""

import warnings
from functools import cache

import numpy as np
import pytest
from skops.io import get_untrusted_types

from scheduling.tests.model_files.honest_models import HONEST
from scheduling.tests.model_files.hostile_uploads import packed, part, schema_of
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.uploads.audit.allowed import ALLOWED
from scheduling.uploads.opening import open_skops
from scheduling.uploads.refusals import Refused
from scheduling.uploads.structure.container import checked_file

OF_BOOSTERS = {name for name in ALLOWED if name.startswith(("lightgbm", "xgboost", "collections"))}


@cache
def honest(name):
    """The file of an honest model."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return as_skops(HONEST[name]())


def opened(content):
    return open_skops(*checked_file(content))


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_model_is_taken(name):
    assert opened(honest(name))


def test_they_need_each_entry_and_nothing_else():
    needed = {name for model in HONEST for name in get_untrusted_types(data=honest(model))}
    assert needed == set(ALLOWED) - OF_BOOSTERS


@pytest.mark.parametrize("name", ALLOWED)
@pytest.mark.parametrize("loader", ["ListNode", "SetNode", "ConstructorFromReduceNode", "LossNode"])
def test_each_entry_is_refused_where_it_would_be_called(name, loader):
    module, _, kind = name.rpartition(".")
    nothing = part("TupleNode", "tuple", content=[])
    content = nothing if loader in ("ConstructorFromReduceNode", "LossNode") else []
    crafted = part(loader, kind, module, content=content, __reduce__={"args": nothing})
    with pytest.raises(Refused) as caught:
        opened(packed({"schema.json": schema_of(a=crafted)}))
    assert caught.value.code in ("unchecked_type", "function", "foreign_library")


def test_answers_stay_the_same_where_parts_are_built_again():
    from scheduling.tests.model_files.honest_models import X

    for name in ("neighbours", "metric Mahalanobis", "splines"):
        model = HONEST[name]()
        assert np.array_equal(opened(as_skops(model)).predict_proba(X), model.predict_proba(X))
