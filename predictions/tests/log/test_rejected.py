"""What is kept aside, for how long, and what killed processes leave."""

import os
import time

from predictions.log.ingester import Rejected
from predictions.management.commands.ingest_predictions import tidy
from predictions.tests.spool_files import left_in

DAY = 86400


def test_lines_are_kept_under_the_name_of_their_segment(tmp_path):
    rejected = Rejected(tmp_path)
    for line in (b"a\n", b"b"):
        rejected.add(tmp_path / "x.jsonl", line, "because")
    assert rejected.lines == 2
    assert (tmp_path / "rejected" / "x.jsonl").read_bytes() == b"a\nb\n"


def test_what_is_old_goes_and_no_segment_ever_does(tmp_path):
    (tmp_path / "rejected").mkdir()
    old = [
        "rejected/old.jsonl",
        "segment.jsonl",
        "made.new",
        "half.draft",
        "gone.position",
        "segment.position",
    ]
    for name in [*old, "rejected/young.jsonl", "young.new"]:
        (tmp_path / name).write_text("1")
        if name in old:
            os.utime(tmp_path / name, (time.time() - 31 * DAY,) * 2)
    tidy(tmp_path, days=30)
    assert left_in(tmp_path) == ["rejected/young.jsonl", "segment.jsonl", "segment.position", "young.new"]


def test_what_cannot_be_removed_does_not_end_the_ingester(tmp_path):
    for name in ("rejected/folder", "young.new"):
        (tmp_path / name).mkdir(parents=True)
    os.utime(tmp_path / "rejected/folder", (time.time() - 31 * DAY,) * 2)
    tidy(tmp_path, days=30)
    assert (tmp_path / "rejected/folder").is_dir()


def test_a_folder_that_is_not_there_yet_is_tidy(tmp_path):
    tidy(tmp_path / "nowhere", days=1)
