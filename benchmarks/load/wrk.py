"""The load generator for throughput and latency: wrk, closed loop, one thread, on a core of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

from benchmarks.reporting.results import NotMeasured
from benchmarks.server.cores import pinned
from benchmarks.server.target import Target

TIMEOUT = "10s"  # its own two seconds are short for a slow server of a busy machine
SCRIPT = """
wrk.method = "POST"
wrk.body = %s
wrk.headers["Content-Type"] = "application/json"
function done(summary, latency)
  local errors = summary.errors
  io.stderr:write(string.format(
    '{"requests": %%d, "microseconds": %%d, "p50": %%f, "p99": %%f, ' ..
    '"failed": {"connect": %%d, "read": %%d, "write": %%d, "status": %%d, "timeout": %%d}}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
"""


@dataclass(frozen=True, kw_only=True)
class Volley:
    """What one run of wrk saw; latencies in microseconds."""

    per_second: float
    p50: float
    p99: float


def require() -> None:
    """End the program unless wrk is there."""
    if shutil.which("wrk") is None:
        raise SystemExit("The benchmarks need wrk. On Debian: apt-get install wrk")


def fire(target: Target, *, connections: int, seconds: int, core: int) -> Volley:
    """Ask the target without a pause. Raises `NotMeasured` if one request of all failed."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % json.dumps(target.body))
        script.flush()
        command = ["wrk", "--threads", "1", "--connections", str(connections), "--timeout", TIMEOUT]
        with pinned(core):
            ended = subprocess.run(
                [*command, "--script", script.name, "--duration", f"{seconds}s", target.url],
                capture_output=True,
                text=True,
                env={"PATH": os.environ["PATH"]},
            )
    if ended.returncode != 0:
        raise NotMeasured(f"wrk ended with {ended.returncode}: {ended.stderr.strip()}")
    return read(ended.stderr, target.name)


def read(told: str, name: str) -> Volley:
    """Return the figures that the script wrote. Raises `NotMeasured` where requests failed."""
    seen = json.loads(told)
    failed = {why: times for why, times in seen["failed"].items() if times}
    if failed or not seen["requests"]:
        raise NotMeasured(f"{name}: {seen['requests']} requests answered, failed: {failed}")
    return Volley(per_second=seen["requests"] / seen["microseconds"] * 1e6, p50=seen["p50"], p99=seen["p99"])
