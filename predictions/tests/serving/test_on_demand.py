"""Versions that are tried: a bounded few are kept, each loaded once, never two at a time."""

import threading
from types import SimpleNamespace

import pytest

from predictions.registry import loading
from predictions.serving.answering import AlreadyLoading, Shelf


def version(pk):
    return SimpleNamespace(pk=pk, created_at=None, served_form_sha256=str(pk))


@pytest.fixture
def loads(monkeypatch, config):
    """The ids that were loaded, in order; loading costs nothing here."""
    config.TRIED_VERSIONS = 2
    loaded = []

    def load(version):
        loaded.append(version.pk)
        return SimpleNamespace(version_id=version.pk)

    monkeypatch.setattr(loading, "load", load)
    return loaded


def test_a_version_is_loaded_once(loads):
    shelf = Shelf()
    assert shelf.get(version(1)) is shelf.get(version(1))
    assert loads == [1]


def test_the_least_recently_used_one_is_dropped(loads):
    shelf = Shelf()
    for pk in (1, 2, 1, 3, 1, 2):
        shelf.get(version(pk))
    assert loads == [1, 2, 3, 2]


def test_what_failed_is_not_kept_and_leaves_the_way_free(loads, monkeypatch):
    shelf = Shelf()

    def refuse(version):
        raise loading.VersionUnloadable("no")

    with monkeypatch.context() as patched:
        patched.setattr(loading, "load", refuse)
        with pytest.raises(loading.VersionUnloadable):
            shelf.get(version(1))
    assert shelf.get(version(1)).version_id == 1


def test_a_second_load_is_refused_at_once_and_what_is_there_is_given(loads, monkeypatch):
    shelf, began, finish = Shelf(), threading.Event(), threading.Event()
    shelf.get(version(1))

    def slow(version):
        began.set()
        assert finish.wait(10)
        return SimpleNamespace(version_id=version.pk)

    monkeypatch.setattr(loading, "load", slow)
    thread = threading.Thread(target=shelf.get, args=(version(2),))
    thread.start()
    assert began.wait(10)
    with pytest.raises(AlreadyLoading):
        shelf.get(version(3))
    assert shelf.get(version(1)).version_id == 1
    finish.set()
    thread.join(10)
    assert shelf.get(version(2)).version_id == 2
