"""Boosters whose trees are none, as LightGBM's text and as XGBoost's binary JSON."""

import io
import json
import zipfile
from functools import cache

from scheduling.tests.model_files.boosted_models import BOOSTED, xgboost
from scheduling.tests.model_files.hostile_uploads import packed
from scheduling.tests.model_files.upload_factory import as_skops


@cache
def members(name):
    archive = zipfile.ZipFile(io.BytesIO(as_skops(BOOSTED[name]()[0])))
    return {member: archive.read(member) for member in archive.namelist()}


@cache
def text_of(name="lightgbm"):
    return json.loads(_booster(json.loads(members(name)["schema.json"]))["_handle"]["content"])


def _booster(schema):
    return schema["content"]["content"]["_Booster"]["content"]["content"]


def lightgbm(change, name="lightgbm"):
    """A file whose booster is this text; `tree_sizes` is made to agree."""
    schema = json.loads(members(name)["schema.json"])
    _booster(schema)["_handle"]["content"] = json.dumps(sized(change(text_of(name))))
    return packed(members(name) | {"schema.json": json.dumps(schema)})


def sized(text):
    header, first, rest = text.partition("\nTree=")
    trees, end, after = rest.partition("end of trees")
    parts = [f"Tree={one}" for one in trees.split("Tree=")]
    lines = [
        f"tree_sizes={' '.join(str(len(one.encode())) for one in parts)}"
        if line.startswith("tree_sizes")
        else line
        for line in header.split("\n")
    ]
    return "\n".join(lines) + first[:1] + "".join(parts) + end + after


def line(key, value):
    """Change a line of the first tree that has it."""

    def change(text):
        before, found, after = text.partition(f"\n{key}=")
        assert found
        old, rest = after.split("\n", 1)
        return f"{before}\n{key}={value(old)}\n{rest}"

    return change


def first(value):
    """Change the first of some numbers."""
    return lambda old: " ".join([str(value), *old.split()[1:]])


def without_handle():
    schema = json.loads(members("lightgbm")["schema.json"])
    state = _booster(schema)
    state["handle"] = state.pop("_handle")
    return packed(members("lightgbm") | {"schema.json": json.dumps(schema)})


def false_sizes():
    schema = json.loads(members("lightgbm")["schema.json"])
    text = line("tree_sizes", first(10**9))(text_of())
    _booster(schema)["_handle"]["content"] = json.dumps(text)
    return packed(members("lightgbm") | {"schema.json": json.dumps(schema)})


def boosted(change, name="xgboost"):
    """A file whose XGBoost booster has this in its model."""
    content = members(name)
    binary = next(member for member in content if member.endswith(".bin"))
    booster = BOOSTED[name]()[0].get_booster()
    written = json.loads(booster.save_raw("json"))
    change(written["learner"]["gradient_booster"]["model"], written["learner"])
    other = xgboost.Booster()
    other.load_model(bytearray(json.dumps(written).encode()))
    return packed(content | {binary: bytes(other.__getstate__()["handle"])})


def tree(key, at, value):
    return lambda model, learner: model["trees"][0][key].__setitem__(at, value)


def garbage():
    content = members("xgboost")
    binary = next(member for member in content if member.endswith(".bin"))
    return packed(content | {binary: b"{L" + b"\xff" * 2000})


HOSTILE_BOOSTERS = {
    "lightgbm: a child outside": lambda: lightgbm(line("left_child", first(99))),
    "lightgbm: a leaf outside": lambda: lightgbm(line("right_child", first(-99))),
    "lightgbm: a circle": lambda: lightgbm(line("left_child", first(0))),
    "lightgbm: a feature outside": lambda: lightgbm(line("split_feature", first(44))),
    "lightgbm: a negative feature": lambda: lightgbm(line("split_feature", first(-1))),
    "lightgbm: more leaves than values": lambda: lightgbm(line("num_leaves", lambda old: "1000000")),
    "lightgbm: no threshold": lambda: lightgbm(line("threshold", first("nan"))),
    "lightgbm: categories that are not there": lambda: lightgbm(line("decision_type", first(1))),
    "lightgbm: linear leaves": lambda: lightgbm(line("is_linear", lambda old: "1")),
    "lightgbm: fewer features": lambda: lightgbm(line("max_feature_idx", lambda old: "0")),
    "lightgbm: a hidden line": lambda: lightgbm(line("num_cat", lambda old: "0\rnum_leaves=999")),
    "lightgbm: a line twice": lambda: lightgbm(line("num_cat", lambda old: "0\nnum_leaves=999")),
    "lightgbm: other stages": lambda: lightgbm(line("num_tree_per_iteration", lambda old: "7")),
    "lightgbm: categories outside": lambda: lightgbm(
        line("cat_boundaries", lambda old: "0 900000"), "lightgbm with categories"
    ),
    "lightgbm: false sizes": false_sizes,
    "lightgbm: rubbish": lambda: lightgbm(lambda text: "tree\nTree=0\nend of trees"),
    "lightgbm: by another name": without_handle,
    "xgboost: a child outside": lambda: boosted(tree("left_children", 0, 10**6)),
    "xgboost: a circle": lambda: boosted(tree("left_children", 1, 1)),
    "xgboost: back to the root": lambda: boosted(tree("right_children", 0, 0)),
    "xgboost: a feature outside": lambda: boosted(tree("split_indices", 0, 10**6)),
    "xgboost: a group outside": lambda: boosted(lambda model, learner: model["tree_info"].__setitem__(0, 9)),
    "xgboost: rounds outside": lambda: boosted(
        lambda model, learner: model["iteration_indptr"].__setitem__(-1, 900)
    ),
    "xgboost: a missing threshold": lambda: boosted(tree("split_conditions", 0, float("nan"))),
    "xgboost: few weights": lambda: boosted(
        lambda model, learner: model.__setitem__("weights", [1.0]), "xgboost, linear"
    ),
    "xgboost: rubbish": garbage,
}
