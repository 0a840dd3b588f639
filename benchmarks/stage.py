"""What every measure is given: the forests, the cores, the effort, and a place for files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.effort import Effort
from benchmarks.server.cores import Cores
from benchmarks.server.forests import Forests


@dataclass(frozen=True, kw_only=True)
class Stage:
    """`tell` shows a line of progress to whoever waits."""

    folder: Path
    forests: Forests
    cores: Cores
    effort: Effort
    tell: Callable[[str], None]
