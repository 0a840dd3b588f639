"""Who does the tasks: processes of this host, or a dask cluster that somebody runs. One shape for both."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from predictions.conf import config, setting_name
from predictions.contract.error_texts import kind_of
from scheduling.engine.limited_process import PR_SET_PDEATHSIG
from scheduling.search.tasks import FoldTask, fit_fold
from scheduling.search.tried import FoldScore, SearchFailed

CONNECT_SECONDS = 5
WORKERS_SECONDS = 10
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
AWAY = "The dask scheduler went away during the search. Start it, then retrain."
RETRIES = 3  # of a task whose worker is lost


class Pool(Protocol):
    """Does tasks. A future raises `BrokenExecutor` where a process was lost; `renew` makes new ones then."""

    @property
    def slots(self) -> int:
        """How many tasks are done at once."""

    def submit(self, task: FoldTask) -> Future[FoldScore]: ...

    def renew(self) -> None: ...

    def close(self) -> None: ...


@contextmanager
def opened() -> Iterator[Pool]:
    """Give the pool of the settings, and end what it began. Raises `SearchFailed` for a cluster away."""
    pool: Pool = Cluster(config.DASK_SCHEDULER) if config.DASK_SCHEDULER else Here()
    try:
        yield pool
    finally:
        pool.close()


class Here:
    """Processes of this host, one thread each, with the limits of the run's own process."""

    def __init__(self) -> None:
        from joblib.externals.loky import cpu_count

        sweep()
        self.slots = config.SEARCH_PROCESSES or cpu_count()
        self.renew()

    def renew(self) -> None:
        from joblib.externals.loky import ProcessPoolExecutor

        self._executor: Any = ProcessPoolExecutor(self.slots, initializer=_die_with_parent, env=ONE_THREAD)

    def submit(self, task: FoldTask) -> Future[FoldScore]:
        future: Future[FoldScore] = self._executor.submit(fit_fold, task)
        return future

    def close(self) -> None:
        self._executor.shutdown(wait=True, kill_workers=True)


def sweep() -> None:
    """Remove the semaphores of searches that were killed with all their processes."""
    for path in Path("/dev/shm").glob("sem.loky-*"):  # noqa: S108 - where Linux keeps them
        pid = path.name.split("-")[1]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            with suppress(OSError):  # another user's
                path.unlink()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Cluster:
    """The workers of a dask scheduler, which does again by itself what a lost worker had begun."""

    def __init__(self, address: str) -> None:
        self._client = _client(address)
        self._wait_for_workers(address)
        self._executor = self._client.get_executor(pure=False, retries=RETRIES)

    def _wait_for_workers(self, address: str) -> None:
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            self._client.close()
            raise SearchFailed(
                f"The dask scheduler at {address} has no workers. Start one: docs/search.md has the command."
            ) from None

    @property
    def slots(self) -> int:
        """Threads of all workers that are there now: they may come and go."""
        try:
            return max(1, sum(self._client.nthreads().values()))
        except OSError:
            raise SearchFailed(AWAY) from None

    def submit(self, task: FoldTask) -> Future[FoldScore]:
        future: Future[FoldScore] = self._executor.submit(fit_fold, task)
        return future

    def renew(self) -> None:
        """Nothing: the cluster's own scheduler does."""

    def close(self) -> None:
        with suppress(OSError, TimeoutError):  # it went away before
            self._executor.shutdown(wait=False)
            self._client.close(timeout=CONNECT_SECONDS)


def _client(address: str) -> Any:
    """Return a connected client. Raises `SearchFailed`."""
    try:
        from dask.distributed import Client
    except ImportError:
        setting = setting_name("DASK_SCHEDULER")
        raise SearchFailed(
            f"{setting} is set, but dask is not installed. Install dask.distributed, or empty it."
        ) from None
    try:
        return Client(address, security=_security(), timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TypeError, ValueError) as error:
        why = kind_of(error)
    # Not from that error: it would keep the client alive to the end, when closing it takes ten seconds.
    raise SearchFailed(
        f"No dask scheduler lets this host in at {address} ({setting_name('DASK_SCHEDULER')}): {why}. Start "
        "it, check the TLS files that the settings name, or empty that setting to search on this host."
    )


def _security() -> Any:
    from dask.distributed import Security

    files = (config.DASK_TLS_CA, config.DASK_TLS_CERT, config.DASK_TLS_KEY)
    if not any(files):
        return None
    ca, certificate, key = files
    return Security(tls_ca_file=ca, tls_client_cert=certificate, tls_client_key=key, require_encryption=True)
