"""What a second worker does in a test: takes a place, counts seven, says which place, and waits."""

COUNT_AND_WAIT = """
import signal
import sys
from pathlib import Path
from predictions.counting.counters import Counter, CounterFile, take_place

place = take_place(Path(sys.argv[1]))
file = CounterFile(place.folder / f"counter_{place.number}.db")
counter = Counter(file, "shots", {"who": "a"}, "Shots.")
for _ in range(7):
    counter.add()
print(place.number, flush=True)
signal.pause()
"""
