"""What was loaded last, kept in memory: the one that was asked for longest ago goes first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Busy(Exception):
    """Another thread loads, and the caller does not wait."""


class LastUsed(Generic[K, V]):
    """Loads one at a time, so that two threads never hold the memory of the same twice. Safe for threads."""

    def __init__(self, most: Callable[[], int]) -> None:
        self._most, self._looking, self._loading = most, threading.Lock(), threading.Lock()
        self._loaded: OrderedDict[K, V] = OrderedDict()

    def fetch(self, key: K, load: Callable[[], V], *, waits: bool) -> V:
        """Return what is kept; else let the caller's thread load it. Raises `Busy`, or what `load` raises."""
        if (known := self._known(key)) is not None:
            return known
        if not self._loading.acquire(blocking=waits):
            raise Busy
        try:
            known = self._known(key)
            return self._kept(key, load()) if known is None else known
        finally:
            self._loading.release()

    def _known(self, key: K) -> V | None:
        with self._looking:
            if key in self._loaded:
                self._loaded.move_to_end(key)
            return self._loaded.get(key)

    def _kept(self, key: K, value: V) -> V:
        with self._looking:
            self._loaded[key] = value
            while len(self._loaded) > self._most():
                self._loaded.popitem(last=False)
        return value
