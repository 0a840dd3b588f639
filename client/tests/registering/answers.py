"""What is registered in these tests, what the server answers, and what was sent to it."""

import pandas as pd

X = pd.DataFrame({"age": [50.0, 20.0, 30.0, 40.0], "visits": [1, 2, 3, 4]})
Y = pd.Series([True, False, False, True], name="churned")
SIGNATURE = {
    "task": "classification", "output_name": "churned", "labels": [False, True],
    "features": [
        {"name": "age", "kind": "float", "required": False, "minimum": 0, "example": 50.0},
        {"name": "plan", "kind": "category", "categories": list("abcdefg"), "example": "a"},
    ],
}  # fmt: skip
DONE = {
    "run": 12, "model": "churn", "signature": SIGNATURE, "version": "1.0", "decision": "promoted",
    "reason": "It is the first.", "notes": ["age: gaps are allowed."],
    "evidence": "https://models.example/api/runs/12/evidence.html",
}  # fmt: skip
KNOWN = "/api/models/churn/datasets"


def answer(httpserver, body=DONE, *, status=201, path="/api/models"):
    httpserver.expect_request(path, method="POST").respond_with_json(body, status=status)
    live = {"live_version": body.get("version"), "served_by": {"workers": 1, "of": 1}}
    httpserver.expect_request("/api/models/churn", method="GET").respond_with_json(live)


def sent(httpserver, path="/api/models"):
    """The form of each request to this path, with the files' names and bytes."""
    requests = [request for request, _ in httpserver.log if (request.method, request.path) == ("POST", path)]
    return [
        (request.form, {name: (f.filename, f.read()) for name, f in request.files.items()})
        for request in requests
    ]


def known_data(httpserver, files):
    rows = [{"role": role, "sha256": sha} for role, sha in files.items()]
    httpserver.expect_request(KNOWN, method="GET").respond_with_json({"results": rows, "next": None})
