"""Files under MEDIA_ROOT: there whole or not at all, and proved when they are read."""

import os

import pytest

from predictions.registry import artefacts
from predictions.registry.artefacts import ArtefactCorrupt, ArtefactMissing, sha256_of


def stored(config, content=b"content", filename="a.joblib"):
    """Store the content; return its path in the row and on the disk."""
    relative = artefacts.store(content, folder="models/wine", filename=filename)
    return relative, config.MEDIA_ROOT / relative


def files_in(config):
    return [path for path in config.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_what_was_stored_is_read_back(config):
    relative, path = stored(config)
    assert artefacts.read(relative, sha256=sha256_of(b"content")) == b"content"
    assert path.read_bytes() == b"content"
    assert files_in(config) == [path]


def test_the_path_in_the_row_is_relative_to_media_root(config):
    relative, _ = stored(config)
    assert relative == f"models/wine/{sha256_of(b'content')[:16]}/a.joblib"


def test_one_name_with_two_contents_is_two_files(config):
    paths = {stored(config, content)[1] for content in (b"one", b"two")}
    assert {path.read_bytes() for path in paths} == {b"one", b"two"}


def test_storing_the_same_again_is_harmless(config):
    assert stored(config) == stored(config)
    assert len(files_in(config)) == 1


def test_a_folder_that_prune_removes_at_that_moment_is_made_again(config, monkeypatch):
    uuid4, removed = artefacts.uuid.uuid4, []

    def and_prune():
        if not removed:
            [folder] = (config.MEDIA_ROOT / "models" / "wine").iterdir()
            folder.rmdir()
            removed.append(folder)
        return uuid4()

    monkeypatch.setattr(artefacts.uuid, "uuid4", and_prune)
    _, path = stored(config)
    assert path.read_bytes() == b"content"
    assert removed == [path.parent]


def test_a_write_that_fails_leaves_nothing_behind(config, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        stored(config)
    assert files_in(config) == []


def test_a_write_that_fails_leaves_the_file_that_was_there(config, monkeypatch):
    _, path = stored(config)

    def denied(source, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", denied)
    with pytest.raises(PermissionError):
        stored(config)
    assert files_in(config) == [path]
    assert path.read_bytes() == b"content"


def test_a_file_that_is_gone_is_named(config):
    relative, path = stored(config)
    path.unlink()
    with pytest.raises(ArtefactMissing, match=r"a\.joblib"):
        artefacts.read(relative, sha256=sha256_of(b"content"))


def test_a_folder_in_place_of_the_file_is_missing_too(config):
    relative, path = stored(config)
    path.unlink()
    path.mkdir()
    with pytest.raises(ArtefactMissing):
        artefacts.read(relative, sha256=sha256_of(b"content"))


@pytest.mark.parametrize("content", [b"", b"conten", b"content ", b"Content"])
def test_a_file_that_is_not_the_one_registered_is_refused(config, content):
    relative, path = stored(config)
    path.write_bytes(content)
    with pytest.raises(ArtefactCorrupt, match="sha256 differs"):
        artefacts.read(relative, sha256=sha256_of(b"content"))


def test_removing_is_possible_once_and_harmless_twice(config):
    relative, path = stored(config)
    artefacts.remove(relative)
    artefacts.remove(relative)
    assert not path.parent.exists()


def test_removing_leaves_another_file_of_the_same_content(config):
    relative, path = stored(config)
    _, other = stored(config, filename="b.joblib")
    artefacts.remove(relative)
    assert files_in(config) == [other]
    assert not path.exists()
