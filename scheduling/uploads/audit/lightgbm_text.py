"""The text of a LightGBM booster: each tree is walked before LightGBM reads it, which follows any index."""

import re
from typing import Any

import numpy as np

from scheduling.uploads.refusals import Refused

LINE = re.compile(r"^([a-z_]+)=(.*)$", re.MULTILINE)
MOST_TREES = 20_000
MOST_FEATURES = 100_000
FAULT = "has a tree that is not one"


def refuse_text(text: Any) -> None:
    """Raise `Refused` unless it is the text of a booster whose trees are trees, over features that exist."""
    try:
        is_sound = _is_sound(text)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        is_sound = False
    if not is_sound:
        raise Refused("crafted", name="LightGBM booster", fault=FAULT)


def _is_sound(text: str) -> bool:
    if not text.startswith("tree\n") or "\r" in text or "\0" in text:
        return False  # LightGBM takes these for ends of lines, and of the text
    header, first, rest = text.partition("\nTree=")
    trees, end, _ = (first + rest).partition("\nend of trees\n")
    lines, sections = _lines(header), _sections(trees[1:] + "\n", header)
    count, per_stage = int(lines["max_feature_idx"]) + 1, int(lines["num_tree_per_iteration"])
    is_sound = bool(end) and 0 < len(sections) <= MOST_TREES and 0 < count <= MOST_FEATURES
    is_sound = is_sound and per_stage > 0 and len(sections) % per_stage == 0
    is_sound = is_sound and int(lines["num_class"]) in (1, per_stage)
    is_sound = is_sound and all(
        len(lines[name].split(" ")) == count for name in ("feature_names", "feature_infos")
    )
    return is_sound and all(_is_tree(_lines(section), count) for section in sections)


def _sections(trees: str, header: str) -> list[str]:
    """Cut the trees where `tree_sizes` says, as LightGBM does: each has to begin there."""
    content, sections, start = trees.encode(), [], 0
    for number, size in enumerate(_integers(_lines(header), "tree_sizes")):
        section = content[start : start + size]
        if size <= 0 or not section.startswith(f"Tree={number}\n".encode()):
            raise ValueError(number)
        sections.append(section.decode().partition("\n")[2])
        start += size
    if content[start:].strip() or any("Tree=" in section for section in sections):
        raise ValueError(start)
    return sections


def _lines(section: str) -> dict[str, str]:
    """Return the values by their names, of which none stands twice."""
    found = LINE.findall(section)
    if len(found) != len(dict(found)):
        raise ValueError(len(found))
    return dict(found)


def _is_tree(lines: dict[str, str], features: int) -> bool:
    """Whether the arrays of a tree agree. A child -1 is the first leaf, 1 the second split."""
    leaves, kinds = int(lines["num_leaves"]), int(lines["num_cat"])
    if lines.get("is_linear", "0") != "0" or leaves < 1 or len(_numbers(lines, "leaf_value")) != leaves:
        return False
    if leaves == 1:
        return kinds == 0
    names = ("left_child", "right_child", "split_feature", "decision_type")
    left, right, feature, how = (_integers(lines, name) for name in names)
    thresholds, splits = _numbers(lines, "threshold"), leaves - 1
    if {len(left), len(right), len(feature), len(how), len(thresholds)} != {splits}:
        return False
    if (feature < 0).any() or (feature >= features).any() or (how < 0).any() or (how > 255).any():
        return False
    return _is_proper(left, right, splits) and _has_categories(lines, kinds, thresholds[how % 2 == 1])


def _is_proper(left: Any, right: Any, splits: int) -> bool:
    """Whether each split but the first, and each leaf, is the child of exactly one split before it."""
    children, parents = np.concatenate([left, right]), np.concatenate([np.arange(splits)] * 2)
    every = np.arange(-splits - 1, splits)
    follows = (children > parents) | (children < 0)
    return bool(follows.all()) and np.array_equal(np.sort(children), every[every != 0])


def _has_categories(lines: dict[str, str], kinds: int, chosen: Any) -> bool:
    """Whether splits by category choose among the bitsets that there are."""
    if kinds == 0:
        return len(chosen) == 0
    edges, bits = _integers(lines, "cat_boundaries"), _integers(lines, "cat_threshold")
    is_sound = len(edges) == kinds + 1 and edges[0] == 0 and edges[-1] == len(bits)
    is_sound = is_sound and bool((np.diff(edges) > 0).all() and (bits >= 0).all() and (bits < 2**32).all())
    return is_sound and all(one == int(one) and 0 <= one < kinds for one in chosen)


def _integers(lines: dict[str, str], name: str) -> Any:
    return np.array([int(one) for one in lines[name].split()], dtype="int64")


def _numbers(lines: dict[str, str], name: str) -> Any:
    """Return numbers, of which none is NaN; a threshold may be infinite."""
    numbers = np.array([float(one) for one in lines[name].split()])
    if np.isnan(numbers).any():
        raise ValueError(name)
    return numbers
