"""The secret key of an installation that was not given one."""

import stat
import subprocess
import sys

from mlsite.secret_key import read_or_create
from mlsite.tests.processes import ROOT, clean_environment


def test_it_is_drawn_once_and_kept(tmp_path):
    path = tmp_path / "var" / "secret_key"
    key = read_or_create(path)
    assert len(key) >= 50
    assert read_or_create(path) == key == path.read_text()


def test_two_installations_have_different_keys(tmp_path):
    assert read_or_create(tmp_path / "a" / "key") != read_or_create(tmp_path / "b" / "key")


def test_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "key"
    read_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_leaves_no_draft_behind(tmp_path):
    read_or_create(tmp_path / "key")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_processes_that_start_at_once_agree(tmp_path):
    code = (
        "import sys, pathlib; from mlsite.secret_key import read_or_create; sys.stdin.read();"
        "print(read_or_create(pathlib.Path(sys.argv[1])))"
    )
    path = tmp_path / "var" / "secret_key"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)], cwd=ROOT, env=clean_environment(tmp_path), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(6)
    ]  # fmt: skip
    for process in started:
        process.stdin.close()  # all wait for this
    keys = set()
    for process in started:
        keys.add(process.stdout.read().strip())
        process.stdout.close()
        assert process.wait(timeout=30) == 0
    assert keys == {path.read_text()}
    assert [file.name for file in path.parent.iterdir()] == ["secret_key"]


def test_a_file_that_is_empty_is_not_a_key(tmp_path):
    path = tmp_path / "key"
    path.touch()
    assert read_or_create(path)
