"""The folds of a batch of trials through a pool: every slot busy, and what a lost process had begun again."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait

from predictions.conf import setting_name
from predictions.contract.error_texts import kind_of
from scheduling.search.pools import AWAY, Pool
from scheduling.search.tasks import FoldTask
from scheduling.search.tried import FoldScore, Proposal, SearchFailed, Tried

Key = tuple[int, int]  # of a trial in the batch, and of its fold
MOST_DEATHS = 3
ALONE_FROM = 2  # deaths: from then on it is known whose process it was
KILLED = (
    "Its process was killed each time that it was begun: ran out of memory? Give it fewer rows or smaller "
    "parameters, or lower {setting}."
)


class Batch:
    """Trials on their way. `tasks[i]` are the folds of `proposals[i]`; each trial asks `may_begin`."""

    def __init__(
        self,
        pool: Pool,
        proposals: list[Proposal],
        tasks: list[list[FoldTask]],
        may_begin: Callable[[], bool],
    ) -> None:
        self._pool, self._proposals, self._tasks, self._may_begin = pool, proposals, tasks, may_begin
        self._waiting = deque((i, j) for i, folds in enumerate(tasks) for j in range(len(folds)))
        self._running: dict[Future[FoldScore], Key] = {}
        self._scores: dict[int, dict[int, FoldScore]] = defaultdict(dict)
        self._deaths: Counter[Key] = Counter()
        self._begun: set[int] = set()

    def run(self) -> Iterator[Tried]:
        """Yield each trial when it has ended. Raises `SearchFailed` where no trial could do better."""
        while self._fill():
            ended, _ = wait(self._running, return_when=FIRST_COMPLETED)
            if any(isinstance(one.exception(), BrokenExecutor) for one in ended if not one.cancelled()):
                ended, _ = wait(self._running)  # all that were begun break with it
                self._pool.renew()
            for trial in sorted({self._settle(future) for future in ended}):
                if tried := self._ended(trial):
                    yield tried

    def _fill(self) -> bool:
        """Begin what there is room for; return whether anything is running."""
        slots = self._pool.slots
        while self._waiting and len(self._running) < slots:
            trial, fold = key = self._waiting[0]
            if self._failed(trial):
                self._waiting.popleft()
                continue
            if trial not in self._begun and not self._may_begin():
                self._waiting.clear()
                break
            if self._running and any(
                self._deaths[one] >= ALONE_FROM for one in (key, *self._running.values())
            ):
                break
            self._waiting.popleft()
            self._begun.add(trial)
            self._running[self._submit(self._tasks[trial][fold])] = key
        return bool(self._running)

    def _submit(self, task: FoldTask) -> Future[FoldScore]:
        try:
            return self._pool.submit(task)
        except BrokenExecutor:  # a process ended while it had nothing to do
            self._pool.renew()
            return self._pool.submit(task)

    def _settle(self, future: Future[FoldScore]) -> int:
        """Keep the score of a task that ended, or let it wait again; return its trial."""
        trial, fold = key = self._running.pop(future)
        try:
            score = future.result()
        except BrokenExecutor:
            self._deaths[key] += 1
            if self._deaths[key] < MOST_DEATHS:
                self._waiting.appendleft(key)
                return trial
            score = FoldScore(error=KILLED.format(setting=setting_name("SEARCH_PROCESSES")))
        except CancelledError:
            raise SearchFailed(AWAY) from None
        except Exception as error:
            score = FoldScore(error=_lost(error))
        if score.unreadable:
            folder, address = setting_name("MEDIA_ROOT"), setting_name("DASK_SCHEDULER")
            raise SearchFailed(
                f"A worker could not read the rows: {score.error}. Give every worker the same {folder}, on "
                f"storage that all hosts share, or empty {address}."
            )
        self._scores[trial][fold] = score
        return trial

    def _failed(self, trial: int) -> bool:
        return any(one.score is None for one in self._scores[trial].values())

    def _ended(self, trial: int) -> Tried | None:
        """Return the trial if none of its folds is running or to be begun."""
        scores = self._scores[trial]
        running = any(key[0] == trial for key in self._running.values())
        if running or not scores or (len(scores) < len(self._tasks[trial]) and not self._failed(trial)):
            return None
        return Tried.of(self._proposals[trial], [scores[fold] for fold in sorted(scores)])


def _lost(error: Exception) -> str:
    """Say what happened to a task of which no answer came."""
    if type(error).__name__ == "KilledWorker":  # of dask, which may not be installed
        return KILLED
    if isinstance(error, ImportError):
        return (
            "A dask worker lacks a package of the task. Start the workers in the project's folder, with its "
            "environment."
        )
    return f"No answer came from its worker: {kind_of(error)}."
