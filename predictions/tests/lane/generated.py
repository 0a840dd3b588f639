"""Requests to the paths of predictions: bodies good and bad, and oddities of everything else."""

import json

from hypothesis import strategies as st

ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
TENSOR = {"name": "features", "shape": [1, 4], "datatype": "FP64", "data": [5.1, 3.5, 1.4, 0.2]}
PATHS = [
    "/predict",
    "/api/models/iris/predict",
    "/v2/models/iris/infer",
    "/v2/models/iris/versions/1.0/infer",
]
PATHS += [f"{path}/" for path in PATHS]

# --- bodies -----------------------------------------------------------------------------------
fitting = st.floats(min_value=0.01, max_value=9)
values = st.one_of(fitting, st.floats(), st.integers(), st.text(max_size=5), st.none(), st.booleans())
rows = st.one_of(
    st.just(ROW),
    st.fixed_dictionaries(dict.fromkeys(ROW, values)),
    st.dictionaries(st.sampled_from([*ROW, "more", "é"]), values),
)
columns = st.fixed_dictionaries(dict.fromkeys(ROW, st.lists(values, max_size=3)))
tensors = st.fixed_dictionaries({
    "name": st.sampled_from(["features", "sepallength"]),
    "shape": st.sampled_from([[1, 4], [2, 4], [1], []]),
    "datatype": st.sampled_from(["FP64", "FP32", "INT64", "BYTES", "X"]),
    "data": st.lists(values, max_size=8),
})  # fmt: skip
infer = st.fixed_dictionaries(
    {"inputs": st.lists(tensors, max_size=2)},
    optional={"id": st.text(max_size=3), "parameters": st.just({"binary_data_output": True})},
)
tables = st.fixed_dictionaries({"columns": columns})
documents = st.one_of(rows, st.lists(rows, max_size=4), tables, infer, st.just({"inputs": [TENSOR]}))
encodings = st.sampled_from(["utf-8"] * 12 + ["utf-16", "latin-1", "utf-8-sig"])
written = st.builds(
    lambda given, coding: json.dumps(given, ensure_ascii=False).encode(coding, "replace"),
    documents,
    encodings,
)
large = [b"", b"[" * 3000, b"x" * 5000, b" " * 3000 + json.dumps(ROW).encode(), b'{"sepallength": 1e400}']
bodies = st.one_of(written, st.binary(max_size=30), st.sampled_from(large))

# --- what else a request has ------------------------------------------------------------------
ODD = {
    "REQUEST_METHOD": ["GET", "HEAD", "OPTIONS", "PUT", "post", "TRACE"],
    "PATH_INFO": [
        "//predict", "/predict//", "/predict/x", "/%70redict", "/PREDICT", "/predict\0", "/pr\xc3\xa9dict",
        "", "predict", "/api/models/none/predict", "/api/models/hidden/predict", "/v2/models/hidden/infer",
        "/api/models/iris/versions/1.0/predict", "/v2/models/iris/versions/1.1/infer", "/adminpredict",
        "/v2/models/iris/versions//infer", "/api//models/iris/predict", "/predict;a=b",
    ],
    "QUERY_STRING": ["a=b", "format=xml", "\xff"],
    "HTTP_HOST": [
        "evil.example", "", "localhost", "127.0.0.1:1", "local host", "[::1]", "LOCALHOST", "localhost,x",
        None,
    ],
    "SERVER_PROTOCOL": ["HTTP/1.0", "HTTP/2"],
    "SCRIPT_NAME": ["/ml", "/admin"],
    "wsgi.url_scheme": ["https"],
    "HTTP_X_FORWARDED_PROTO": ["https", "http", "https, http"],
    "HTTP_X_FORWARDED_HOST": ["evil.example", "localhost"],
    "HTTP_X_FORWARDED_FOR": ["1.2.3.4"],
    "CONTENT_LENGTH": ["0", "9" * 25, "10", "-1", "+5", " 7", "٣", "", "x", "99999", "4001", None],
    "CONTENT_TYPE": [
        "", "text/plain", "application/json; charset=utf-8", "application/json; charset=utf-16",
        "a;Charset=x", None, "multipart/form-data; boundary=x", "application/json, application/json", "\xff",
    ],
    "HTTP_TRANSFER_ENCODING": ["chunked", "gzip", ""],
    "HTTP_CONTENT_ENCODING": ["gzip", "identity", "br", "", "GZIP", "gzip, gzip"],
    "HTTP_AUTHORIZATION": ["", "Token wrong", "Basic eDp5", "Token é"],
    "HTTP_COOKIE": ["sessionid=x", "csrftoken=y", "\xff"],
    "HTTP_ACCEPT": ["text/html", "application/xml", "x"],
    "HTTP_ACCEPT_ENCODING": ["gzip"],
    "HTTP_EXPECT": ["100-continue"],
    "HTTP_ORIGIN": ["https://evil.example"],
    "HTTP_IF_NONE_MATCH": ["*"],
    "HTTP_RANGE": ["bytes=0-1"],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["GET"],
    "HTTP_INFERENCE_HEADER_CONTENT_LENGTH": ["0", "5", "83", "x", "9999"],
    "HTTP_USER_AGENT": ["", "curl", "\xff"],
}  # fmt: skip
some_odd = st.sets(st.sampled_from(sorted(ODD)), max_size=2).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(ODD[name]) for name in sorted(names)})
)


def good_body(path):
    """What a path answers with 200."""
    return json.dumps({"inputs": [TENSOR]} if "/v2/" in path else ROW).encode()
