"""What a second worker does in a test: takes a place, counts seven, says which place, and waits."""

COUNT_AND_WAIT = """
import signal
import sys
from pathlib import Path
from predictions.counting.counters import CounterFile, take_place

place = take_place(Path(sys.argv[1]))
file = CounterFile(place.folder / f"counter_{place.number}.db")
series = file.open("shots", "shots_total", {"who": "a"}, "Shots.")
for _ in range(7):
    file.add((series, 1.0))
print(place.number, flush=True)
signal.pause()
"""
