"""Uploads that were crafted to crash, hang, fill memory or get at files; the codes they are refused by."""

import io
import json
import os
import struct
import zipfile

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from scheduling.tests.model_files.upload_factory import as_skops, make_forest


def packed(members, packing=zipfile.ZIP_DEFLATED):
    """A zip of these members, as small as it gets."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def part(loader, kind="list", module="builtins", **more):
    """One part of a schema."""
    return {"__loader__": loader, "__class__": kind, "__module__": module, **more}


def lists(*inside, **more):
    return part("ListNode", content=list(inside), **more)


def again(number):
    """A part that is described elsewhere, met once more."""
    return part("CachedNode", __id__=number)


def array(name="1.npy", **more):
    return part("NdArrayNode", "ndarray", "numpy", type="numpy", file=name, **more)


def schema_of(**attributes):
    """The schema.json of a logistic regression with these attributes."""
    names = part("ListNode", content=[part("TypeNode", "str") for _ in attributes])
    state = part("DictNode", "dict", key_types=names, content=attributes)
    model = part(
        "ObjectNode", "LogisticRegression", "sklearn.linear_model._logistic", content=state, __id__=1
    )
    return json.dumps(model | {"protocol": 2, "_skops_version": "0.16.0"})


def npy(header, numbers=b""):
    """An array's file, with any header."""
    padded = header.encode() + b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded + numbers


def of_doubles(shape, numbers=b""):
    return npy(f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}", numbers)


def with_array(content):
    """A model one of whose arrays is this."""
    return packed({"schema.json": schema_of(coef_=array()), "1.npy": content})


def laughing(levels, twice):
    """Lists of two of which each is the list before: 2 ** levels of them, in a few lines."""
    inner = lists(__id__=10)
    for number in range(11, 11 + levels):
        inner = lists(inner, twice(number - 1), __id__=number)
    return packed({"schema.json": schema_of(a=inner)})


def pipelines(depth):
    """An honest model, in as many pipelines: some questions to scikit-learn take twice as long for each."""
    training = make_forest()
    model = LogisticRegression()
    model.classes_ = training.classes_
    for _ in range(depth):
        model = Pipeline([("inner", model)])
    return as_skops(model)


def lying():
    """A schema of 100 MB in a zip whose lists say that it has seven bytes."""
    content = bytearray(packed({"schema.json": b'{"a":1}' + b" " * 100_000_000}))
    entry = content.rfind(b"PK\x01\x02")
    struct.pack_into("<L", content, entry + 24, 7)
    struct.pack_into("<L", content, 22, 7)
    return bytes(content)


def locked():
    """A zip whose second member is said to need a password."""
    content = bytearray(with_array(b"x"))
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def twins():
    buffer = io.BytesIO(with_array(of_doubles("(0,)")))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("1.npy", of_doubles("(1,)", bytes(8)))
    return buffer.getvalue()


def link():
    """A member that would be a link to a file of the machine."""
    buffer = io.BytesIO(packed({"schema.json": schema_of(coef_=array())}))
    with zipfile.ZipFile(buffer, "a") as archive:
        info = zipfile.ZipInfo("1.npy")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def damaged():
    """An honest file in which a hundred bytes were lost."""
    content = bytearray(as_skops(make_forest()))
    content[2000:2100] = bytes(100)
    return bytes(content)


def escaped_json():
    """JSON in JSON, its brackets written so that they are not to be counted."""
    return packed(
        {"schema.json": schema_of(a=part("JsonNode", "str", content="@")).replace("@", r"\u005b" * 10_000)}
    )


def sparse_bomb():
    inner = packed({"data.npy": of_doubles("(70000000,)", bytes(560_000_000))})
    matrix = part("SparseMatrixNode", "csr_matrix", "scipy.sparse", type="scipy", file="2.npz")
    return packed({"schema.json": schema_of(a=matrix), "2.npz": inner})


def padded(schema):
    """So large already that it may grow."""
    noise = os.urandom(1_000_000)
    numbers = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000,), }", noise)
    return packed({"schema.json": schema, "1.npy": numbers})


A_CALL = "{'descr': __import__('os').system('touch /tmp/opened'), 'fortran_order': False, 'shape': (3,), }"
AN_OBJECT = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
DEEP = '{"__loader__":"ObjectNode","__class__":"a","__module__":"b","content":%s}'
MILLIONS = '{"__loader__":"ObjectNode","__class__":"a","__module__":"b","content":[%s[]]}' % (
    "[]," * 10_000_000
)

HOSTILE = {  # what it is -> how it is made, the code it is refused by
    "ten million lists in 30 kB": (lambda: packed({"schema.json": MILLIONS}), "grows"),
    "ten million lists in 30 MB": (
        lambda: packed({"schema.json": MILLIONS}, zipfile.ZIP_STORED),
        "many_nodes",
    ),
    "more parts than there may be": (lambda: padded(schema_of(a=lists(*[lists()] * 310_000))), "many_nodes"),
    "a billion laughs, each by its id": (
        lambda: laughing(60, lambda number: lists(__id__=number)),
        "many_nodes",
    ),
    "a billion laughs, by reference": (lambda: laughing(60, again), "many_nodes"),
    "half a million laughs": (lambda: laughing(19, again), "many_nodes"),
    "a list that contains itself": (
        lambda: packed({"schema.json": schema_of(a=lists(again(5), __id__=5))}),
        "circle",
    ),
    "the model in itself": (lambda: packed({"schema.json": schema_of(a=again(1))}), "circle"),
    "JSON 100,000 deep": (
        lambda: packed({"schema.json": DEEP % ("[" * 100_000 + "]" * 100_000)}),
        "deep_schema",
    ),
    "JSON 300 deep": (lambda: packed({"schema.json": DEEP % ("[" * 300 + "]" * 300)}), "deep_schema"),
    "deep by references": (lambda: padded(schema_of(**deep_by_references(200))), "deep_schema"),
    "25 pipelines": (lambda: pipelines(25), "deep_estimators"),
    "more estimators than there may be": (
        lambda: padded(
            schema_of(a=lists(*[part("ObjectNode", "Ridge", "sklearn.linear_model._ridge")] * 10_001))
        ),
        "many_estimators",
    ),
    "JSON in JSON": (
        lambda: padded(schema_of(a=part("JsonNode", "str", content="[" * 4_000_000))),
        "many_nodes",
    ),
    "JSON in JSON, escaped": (escaped_json, "damaged_schema"),
    "an id that is no number": (
        lambda: packed({"schema.json": schema_of(a=lists(__id__=[1]))}),
        "damaged_schema",
    ),
    "an id of zero": (lambda: packed({"schema.json": schema_of(a=lists(__id__=0))}), "damaged_schema"),
    "a part without a name": (
        lambda: packed({"schema.json": '{"__loader__":"ObjectNode"}'}),
        "damaged_schema",
    ),
    "an array that is not there": (
        lambda: packed({"schema.json": schema_of(a=array("9.npy"))}),
        "damaged_schema",
    ),
    "one array two thousand times": (
        lambda: padded(schema_of(**{f"a{number}": array(__id__=100 + number) for number in range(2000)})),
        "large_arrays",
    ),
    "no JSON": (lambda: packed({"schema.json": "hello"}), "damaged_schema"),
    "another JSON": (lambda: packed({"schema.json": "[1]"}), "damaged_schema"),
    "a list as its loader": (lambda: packed({"schema.json": '{"__loader__":[]}'}), "damaged_schema"),
    "a header that calls": (lambda: with_array(npy(A_CALL)), "damaged_array"),
    "an array of objects": (lambda: with_array(npy(AN_OBJECT, b"\x80\x04N.")), "object_array"),
    "an array of 2^50": (lambda: with_array(of_doubles("(1125899906842624,)")), "damaged_array"),
    "an empty array, 2^50 long": (lambda: with_array(of_doubles("(1125899906842624, 0)")), "damaged_array"),
    "an array of a negative shape": (lambda: with_array(of_doubles("(-2, -1)", bytes(16))), "damaged_array"),
    "an array of items without a size": (
        lambda: with_array(npy("{'descr': '|S0', 'fortran_order': False, 'shape': (1125899906842624,), }")),
        "damaged_array",
    ),
    "a header 4,000 deep": (lambda: with_array(npy("(" * 4000 + ")" * 4000)), "damaged_array"),
    "an array that is too short": (lambda: with_array(of_doubles("(3,)", bytes(16))), "damaged_array"),
    "an array that is none": (lambda: with_array(b"hello"), "damaged_array"),
    "an array of nothing": (lambda: with_array(b""), "damaged_array"),
    "80 MB of zeros": (lambda: with_array(of_doubles("(10000000,)", bytes(80_000_000))), "grows"),
    "560 MB of zeros in a zip in the zip": (sparse_bomb, "large_unpacked"),
    "60,000 members": (lambda: packed({f"{number}.npy": b"" for number in range(60_000)}), "many_members"),
    "a false size": (lying, "damaged_zip"),
    "a password": (locked, "encrypted"),
    "another packing": (lambda: packed({"schema.json": schema_of()}, zipfile.ZIP_BZIP2), "packing"),
    "two members of one name": (twins, "twin_members"),
    "a link": (link, "foreign_member"),
    "an absolute path": (lambda: packed({"schema.json": schema_of(), "/etc/x.npy": b""}), "foreign_member"),
    "a path upwards": (lambda: packed({"schema.json": schema_of(), "../x.npy": b""}), "foreign_member"),
    "a path with a backslash": (
        lambda: packed({"schema.json": schema_of(), "a\\x.npy": b""}),
        "foreign_member",
    ),
    "a pickle beside the schema": (
        lambda: packed({"schema.json": schema_of(), "x.pkl": b"."}),
        "foreign_member",
    ),
    "half a file": (lambda: as_skops(make_forest())[:50_000], "damaged_zip"),
    "a file with something behind it": (lambda: as_skops(make_forest()) + b"more", "damaged_zip"),
    "a file with something before it": (lambda: b"#!/bin/sh\n" + as_skops(make_forest()), "unknown_file"),
    "a hundred bytes lost": (damaged, "damaged_zip"),
}


def deep_by_references(levels):
    """Lists side by side, each of which has the one before it inside."""
    chain = {"a0": lists(__id__=10)}
    for number in range(1, levels):
        chain[f"a{number}"] = lists(again(9 + number), __id__=10 + number)
    return chain
