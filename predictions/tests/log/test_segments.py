"""A segment is filled line by line, whatever their size."""

import os

import pytest

from predictions.log import segments
from predictions.log.segments import LARGE, Segment


@pytest.mark.parametrize("taken", [0, 1000, None])
def test_a_large_line_is_whole_also_where_the_kernel_takes_only_part_of_it(tmp_path, monkeypatch, taken):
    real = os.pwrite
    monkeypatch.setattr(segments.os, "pwrite", lambda file, line, at: real(file, line[:taken], at))
    lines = [b"small\n", b"x" * (LARGE + 7) + b"\n", b"y" * LARGE + b"\n", b"last\n"]
    path = tmp_path / "a.jsonl"
    segment = Segment(path, size=4 * LARGE)
    assert all(segment.write(line) for line in lines)
    segment.finish()
    assert path.read_bytes() == b"".join(lines)


def test_a_line_that_has_no_room_is_refused_whole(tmp_path):
    segment = Segment(tmp_path / "a.jsonl", size=2 * LARGE)
    assert not segment.write(b"x" * 2 * LARGE + b"\n")
    assert segment.write(b"kept\n")
    segment.finish()
    assert (tmp_path / "a.jsonl").read_bytes() == b"kept\n"
