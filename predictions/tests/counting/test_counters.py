"""Workers add to files of their own; whoever is asked reads the sum; nothing is lost when one is killed."""

import os
import signal
import subprocess
import sys

import pytest
from prometheus_client.multiprocess import MultiProcessCollector

from predictions.counting.counters import CounterFile, Histogram, take_place
from predictions.tests.worker_places import COUNT_AND_WAIT


def total(folder, name="shots_total"):
    metrics = MultiProcessCollector.merge([str(path) for path in folder.glob("*.db")])
    return {sample.name: sample.value for metric in metrics for sample in metric.samples}.get(name)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "metrics"


@pytest.fixture
def other(root):
    """Starts another worker of the same server, which counts seven and waits to be killed."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", COUNT_AND_WAIT, str(root)], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process, int(process.stdout.readline())

    # Its parent is this test: it must count in the same server's folder as this process.
    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_each_worker_has_a_place_of_its_own_and_the_sum_is_read(root, other):
    _, first = other()
    _, second = other()
    assert (first, second) == (0, 1)
    [folder] = [path for path in root.iterdir() if path.is_dir()]
    assert total(folder) == 14


def test_a_worker_that_was_killed_is_counted_on_by_the_one_that_follows(root, other):
    killed, first = other()
    other()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    _, again = other()
    assert again == first
    [folder] = [path for path in root.iterdir() if path.is_dir()]
    assert total(folder) == 21
    assert len(list(folder.glob("counter_*.db"))) == 2


def test_the_first_worker_of_a_server_begins_at_nothing(root, other):
    killed, _ = other()
    killed.kill()
    killed.wait()
    other()
    [folder] = [path for path in root.iterdir() if path.is_dir()]
    assert total(folder) == 7


def test_folders_of_servers_that_ended_are_removed_and_of_others_kept(root, other):
    other()
    [theirs] = [path for path in root.iterdir() if path.is_dir()]
    (root / "ended-1").mkdir()
    (root / "ended-1" / "0.lock").touch()
    mine = take_place(root)
    assert {path.name for path in root.iterdir() if path.is_dir()} == {theirs.name, mine.folder.name}
    os.close(mine.lock)


def test_a_place_that_was_left_is_free(root):
    first = take_place(root)
    os.close(first.lock)
    again = take_place(root)
    assert again.number == 0
    os.close(again.lock)


def test_a_histogram_adds_up_by_bucket(tmp_path):
    histogram = Histogram(CounterFile(tmp_path / "histogram_0.db"), "seconds", {"model": "iris"}, "Time.")
    for seconds in (0.0001, 0.00025, 0.003, 0.2, 99.0):
        histogram.observe(seconds)
    [metric] = MultiProcessCollector.merge([str(tmp_path / "histogram_0.db")])
    values = {(s.name, s.labels.get("le")): s.value for s in metric.samples}
    assert values["seconds_bucket", "0.00025"] == 2
    assert values["seconds_bucket", "0.005"] == 3
    assert values["seconds_bucket", "10.0"] == 4
    assert values["seconds_bucket", "+Inf"] == values["seconds_count", None] == 5
    assert values["seconds_sum", None] == pytest.approx(99.20335)


def test_a_full_disk_is_met_when_the_file_is_made_not_when_a_request_counts(tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space"):
        CounterFile(tmp_path / "counter_0.db")
    assert list(tmp_path.iterdir()) == []


def test_its_space_is_there_from_the_start(tmp_path):
    CounterFile(tmp_path / "counter_0.db")
    assert (tmp_path / "counter_0.db").stat().st_blocks * 512 >= 2**16
