"""What CatBoost makes of categories: columns of numbers, looked up in tables that list every category.

A tree asks whether a category is one of its own, or how often labels came with a category, or with several
at once (CTR). All of it is known when the model is fitted, and the signature lists the categories.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, product
from typing import Any

import numpy as np

from predictions.registry.converting.ctrs import Part, hashed, rows_by_hash, values_of
from predictions.registry.converting.estimators.encoding import index_of
from predictions.registry.converting.operations import INT64, Ops

MOST_CELLS = 500_000  # of the tables of one model
CATEGORY, NUMBER, ONE = "cat_feature_value", "float_feature", "cat_feature_exact_value"


@dataclass(frozen=True, eq=False)
class Categories:
    """Of a model as CatBoost writes it: `known` are the categories by the place of their column."""

    dump: Part
    known: dict[int, tuple[str, ...]]

    @cached_property
    def hashes(self) -> dict[str, int]:
        return {
            one["value"]: (one["hash"] ^ 1 << 31) - (1 << 31)  # written without its sign
            for one in self.dump["features_info"]["cat_features_hash"]
        }

    @cached_property
    def columns(self) -> list[int]:
        """The place of each categorical feature's column."""
        return [one["flat_feature_index"] for one in self.dump["features_info"]["categorical_features"]]

    @cached_property
    def floats(self) -> list[int]:
        """The place of each numeric feature's column."""
        return [one["flat_feature_index"] for one in self.dump["features_info"]["float_features"]]

    @cached_property
    def one_hot(self) -> list[tuple[int, int]]:
        """(categorical feature, hash) of each that a tree asks for."""
        features = self.dump["features_info"]["categorical_features"]
        return [(place, value) for place, one in enumerate(features) for value in one.get("values") or ()]

    @cached_property
    def ctrs(self) -> list[Part]:
        return list(self.dump["features_info"].get("ctrs") or ())

    def column_of(self, split: Part) -> tuple[int, float]:
        """Return the column of the matrix that a split reads, and the border above which is right."""
        if split["split_type"] == "FloatFeature":
            return split["float_feature_index"], split["border"]
        if split["split_type"] == "OneHotFeature":
            one = split["cat_feature_index"], split["value"]
            return len(self.floats) + self.one_hot.index(one), 0.5
        ctr, border = self._borders[split["split_index"]]
        if not math.isclose(border, split["border"]):
            raise NotImplementedError("splits in another order")
        return len(self.floats) + len(self.one_hot) + ctr, split["border"]

    @cached_property
    def _borders(self) -> dict[int, tuple[int, float]]:
        """By a split's number: CTR and border. Those of numbers and categories come first."""
        first = sum(len(one["borders"] or ()) for one in self.dump["features_info"]["float_features"])
        ours = [(number, border) for number, ctr in enumerate(self.ctrs) for border in ctr["borders"]]
        return dict(enumerate(ours, first + len(self.one_hot)))

    def strangers(self) -> list[int]:
        """The places of columns that the trees ask about, of whose known categories they know none."""
        asked: dict[int, set[int]] = {place: set() for place, _ in self.one_hot}
        ours = {place: [self.hashes[one] for one in self.known[at]] for place, at in enumerate(self.columns)}
        for place, value in self.one_hot:
            asked[place].update(one for one in ours[place] if one == value)
        for ctr in self.ctrs:
            if [one["combination_element"] for one in ctr["elements"]] == [CATEGORY]:
                place, table = ctr["elements"][0]["cat_feature_index"], self.dump["ctr_data"]
                found = {one for one in ours[place] if hashed([one]) in rows_by_hash(ctr, table)}
                asked.setdefault(place, set()).update(found)
        return [self.columns[place] for place, found in asked.items() if not found]

    def write(self, ops: Ops) -> str:
        """Add the columns to the graph; return the matrix that the trees read."""
        inputs = [one.full_name for one in ops.operator.inputs]
        index = {
            place: index_of(ops, inputs[column], np.array(self.known[column], dtype=object))
            for place, column in enumerate(self.columns)
        }
        numbers = [ops.cast(inputs[column], ops.number) for column in self.floats]
        asked = [
            ops("Gather", ops.const(self._is_one(place, [value for _, value in ours])), index[place], axis=0)
            for place, ours in groupby(self.one_hot, key=lambda one: one[0])
        ]
        alike = [[*ours] for _, ours in groupby(self.ctrs, key=lambda ctr: repr(ctr["elements"]))]
        self._refuse_many(alike)
        columns = [*numbers, *asked, *(self._counted(ops, ours, numbers, index) for ours in alike)]
        return columns[0] if len(columns) == 1 else ops("Concat", *columns, axis=1)

    def _is_one(self, place: int, values: Sequence[int]) -> np.ndarray:
        """Whether each category is one of some, (categories + 1, values)."""
        ours = np.array([self.hashes[one] for one in self.known[self.columns[place]]])
        return np.vstack([ours[:, None] == np.array(values), np.zeros((1, len(values)))]).astype(float)

    def _refuse_many(self, alike: list[list[Part]]) -> None:
        cells = sum(
            len(ctrs) * math.prod(len(self._choices(one)) for one in ctrs[0]["elements"]) for ctrs in alike
        )
        if cells > MOST_CELLS:
            raise NotImplementedError("so many combinations of categories")

    def _counted(self, ops: Ops, ctrs: list[Part], numbers: list[str], index: dict[int, str]) -> str:
        """Add the columns of CTRs of the same features, (n, CTRs)."""
        elements = ctrs[0]["elements"]
        choices = [self._choices(one) for one in elements]
        hashes = [hashed(values) for values in product(*choices)]
        table = np.column_stack([values_of(ctr, self.dump["ctr_data"], hashes) for ctr in ctrs])
        at = ops.const([0], np.int64)
        for element, values in zip(elements, choices, strict=True):
            ours = self._index(ops, element, numbers, index)
            at = ops("Add", ops("Mul", at, ops.const(len(values), np.int64)), ours)
        return ops("Gather", ops.const(table), at, axis=0)

    def _choices(self, element: Part) -> list[int]:
        """What an element adds to a hash, by its index; the last is of a category that is none."""
        if element["combination_element"] == NUMBER:
            return [0, 1]
        ours = [self.hashes[one] for one in self.known[self.columns[element["cat_feature_index"]]]]
        if element["combination_element"] == ONE:
            return [*(int(one == element["value"]) for one in ours), 0]
        return [*ours, 0]

    def _index(self, ops: Ops, element: Part, numbers: list[str], index: dict[int, str]) -> str:
        if element["combination_element"] != NUMBER:
            return index[element["cat_feature_index"]]
        number = numbers[element["float_feature_index"]]
        single = ops.cast(ops.cast(number, 1), ops.number)  # CatBoost reads numbers of 32 bits
        above = ops("Greater", single, ops.const(float(np.float32(element["border"]))))
        info = self.dump["features_info"]["float_features"][element["float_feature_index"]]
        if info.get("nan_value_treatment") == "AsTrue":
            above = ops("Or", above, ops("IsNaN", number))
        return ops("Reshape", ops.cast(above, INT64), ops.const([-1], np.int64))


def rows_of(known: dict[int, tuple[str, ...]], width: int) -> Iterator[list[Any]]:
    """Yield rows of `width` columns in which each known category occurs."""
    for i in range(max(map(len, known.values()))):
        yield [known[place][i % len(known[place])] if place in known else 0.0 for place in range(width)]
