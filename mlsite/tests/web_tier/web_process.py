"""Run as a process of its own: does what a web worker does, and writes what it saw as JSON.

`python -m mlsite.tests.web_tier.web_process <part>`, where a part is a function below.
"""

import gc
import io
import json
import os
import pickle
import sys
import threading
from pathlib import Path

FOR_TRAINING = {"sklearn", "pandas", "scipy", "joblib", "skops", "skl2onnx", "onnx", "pandera", "cloudpickle",
                "matplotlib"}  # fmt: skip
NEEDLESS = FOR_TRAINING | {"cryptography"}  # 8 MB, for who saves a subscription
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}
GETS = ["/", "/current_model", "/health/live", "/health/ready", "/api/models", "/api/models/iris/versions",
        "/api/promotions", "/api/runs", "/schema", "/nothing"]  # fmt: skip


def call(application, method, path, body=b"", **environ):
    """Ask the WSGI application as a server would; return status, headers and body."""
    answered = {}

    def start_response(status, headers, exc_info=None):
        answered.update(status=int(status.split()[0]), headers=dict(headers))

    asked = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr, "CONTENT_TYPE": "application/json", "HTTP_HOST": "localhost",
    }  # fmt: skip
    chunks = application(asked | environ, start_response)
    answered["body"] = b"".join(chunks).decode()
    return answered


def predict(application, row):
    body = json.dumps(row).encode()
    return call(application, "POST", "/predict", body, CONTENT_LENGTH=str(len(body)))


def forbid_unpickling():
    """Replace every way to unpickle, before anything else is imported; return the list of attempts."""
    import _pickle

    attempts = []

    def forbidden(*arguments, **options):
        attempts.append("an unpickling function was called")
        raise AssertionError("nothing is unpickled in the web tier")

    class Forbidden:
        def __init__(self, *arguments, **options):
            forbidden()

    for module in (pickle, _pickle):
        for name in ("load", "loads", "_load", "_loads"):
            if hasattr(module, name):
                setattr(module, name, forbidden)
        for name in ("Unpickler", "_Unpickler"):
            if hasattr(module, name):
                setattr(module, name, Forbidden)
    sys.addaudithook(lambda event, _: attempts.append(event) if event == "pickle.find_class" else None)
    return attempts


def imports():
    """Answer everything that a client asks without signing in; tell what was imported and unpickled."""
    attempts = forbid_unpickling()
    from mlsite.wsgi import application

    paths = GETS + json.loads(os.environ.get("MORE_PATHS", "[]"))
    statuses = {path: call(application, "GET", path)["status"] for path in paths}
    good, bad = predict(application, ROW), predict(application, {"petalwidth": "x"})
    return {
        "statuses": statuses,
        "good": good,
        "bad": bad,
        "imported": sorted(NEEDLESS & sys.modules.keys()),
        "unpickled": attempts,
    }


def registers():
    """Send a form with files by somebody who may; tell what was imported and unpickled."""
    attempts = forbid_unpickling()
    from mlsite.wsgi import application

    def part(name, value, filename=""):
        file = f'; filename="{filename}"' if filename else ""
        return f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n'

    files = [part(name, "a,b\n1,2\n" * 50_000, f"{name}.csv") for name in ("training", "evaluation")]
    body = "".join([part("name", "mine"), part("output", "b"), *files, "--x--\r\n"]).encode()
    length = (
        {"HTTP_TRANSFER_ENCODING": "chunked"}
        if os.environ.get("CHUNKED")
        else {"CONTENT_LENGTH": str(len(body))}
    )
    environ = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "HTTP_AUTHORIZATION": os.environ["TOKEN"]}
    answered = call(application, "POST", "/api/models", body, **environ, **length)
    return {
        "answered": answered,
        "imported": sorted(NEEDLESS & sys.modules.keys()),
        "unpickled": attempts,
    }


def tasks():
    return len(list(Path("/proc/self/task").iterdir()))


def threads():
    """Count the threads of the process before and after ONNX Runtime is there and has predicted."""
    os.environ.pop("ORT_DISABLE_TELEMETRY", None)
    import mlsite.settings  # noqa: F401 - what sets the variable

    telemetry = os.environ.get("ORT_DISABLE_TELEMETRY")
    import numpy  # noqa: F401 - has threads of its own

    before = tasks()
    import onnxruntime  # noqa: F401

    imported = tasks()
    from mlsite.wsgi import application

    status = predict(application, ROW)["status"]
    return {
        "frozen": gc.get_freeze_count(),
        "telemetry": telemetry,
        "added_by_import": imported - before,
        "added_by_serving": tasks() - imported,
        "named": sorted(thread.name for thread in threading.enumerate()),
        "status": status,
    }


def away():
    """Start and answer with a database that refuses connections."""
    from mlsite.wsgi import application

    return {
        "good": predict(application, ROW),
        "ready": call(application, "GET", "/health/ready"),
        "metrics": call(application, "GET", "/metrics"),
    }


def chunked():
    """Send bodies whose length is not announced."""
    from mlsite.wsgi import application

    row = json.dumps(ROW).encode()
    padded = b'{"padding": "' + b"x" * 3000 + b'", ' + row[1:]
    huge = b'{"padding": "' + b"x" * 50_000 + b'", ' + row[1:]

    def send(body, path="/predict", **environ):
        return call(application, "POST", path, body, HTTP_TRANSFER_ENCODING="chunked", **environ)

    return {
        "row": send(row),
        "empty": send(b""),
        "no_json": send(b"rubbish"),
        "over_the_limit": send(padded),
        "far_over_the_limit": send(huge),
        "promotions": send(b"{}", "/api/promotions"),
        "http2_names_no_coding": call(application, "POST", "/predict", row, SERVER_PROTOCOL="HTTP/2"),
        "announced_wins": send(row + b"rubbish", CONTENT_LENGTH=str(len(row))),
    }


if __name__ == "__main__":
    part = {"imports": imports, "registers": registers, "threads": threads, "chunked": chunked, "away": away}[
        sys.argv[1]
    ]
    json.dump(part(), sys.stdout)
