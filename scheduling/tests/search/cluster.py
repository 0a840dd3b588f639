"""A dask cluster of two workers behind mutual TLS, begun by the two commands of docs/search.md."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def certify(folder, name):
    """Make an authority and a certificate signed by it, as docs/search.md does; return paths by setting."""
    ca, ca_key, request, cert, key = (
        folder / f"{name}-{part}.pem" for part in ("ca", "ca-key", "request", "cert", "key")
    )
    new_key = ["-newkey", "rsa:2048", "-nodes", "-keyout"]
    _openssl("req", "-x509", *new_key, ca_key, "-out", ca, "-days", "2", "-subj", "/CN=ca")
    _openssl("req", *new_key, key, "-out", request, "-subj", "/CN=search")
    _openssl(
        "x509",
        "-req",
        "-in",
        request,
        "-CA",
        ca,
        "-CAkey",
        ca_key,
        "-CAcreateserial",
        "-out",
        cert,
        "-days",
        "2",
    )
    return {"DASK_TLS_CA": ca, "DASK_TLS_CERT": cert, "DASK_TLS_KEY": key}


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@contextmanager
def started(folder, tls, *, workers=2):
    """Start scheduler and workers, give the address, and end them with all that they started."""
    port = _free_port()
    address = f"tls://127.0.0.1:{port}"
    files = [
        f"--tls-{part}={tls[name]}"
        for part, name in (("ca-file", "DASK_TLS_CA"), ("cert", "DASK_TLS_CERT"), ("key", "DASK_TLS_KEY"))
    ]
    scheduler = [
        "scheduler",
        "--protocol=tls",
        "--host=127.0.0.1",
        f"--port={port}",
        "--no-dashboard",
        "--no-show",
        *files,
    ]
    worker = [
        "worker",
        address,
        f"--nworkers={workers}",
        "--nthreads=1",
        "--no-dashboard",
        f"--local-directory={folder}",
        *files,
    ]
    processes = [_start(scheduler, folder)]
    _wait_for(port)
    if workers:
        processes.append(_start(worker, folder))
    try:
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _start(arguments, folder):
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    log = (folder / f"{arguments[0]}.log").open("w")
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        stdout=log,
        stderr=log,
    )


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait_for(port):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(port)
