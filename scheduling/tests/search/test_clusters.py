"""The same tasks on a dask cluster behind mutual TLS; its workers may be killed."""

import shutil
import time

import psutil
import pytest

from scheduling.search.tried import SearchFailed
from scheduling.tests.search import cluster
from scheduling.tests.search.estimators import Guess, find

pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
LONG = 600  # a busy machine tries all of them too
SHARES = {"share": [i / 8 for i in range(8)]}


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return cluster.certify(tmp_path_factory.mktemp("tls"), "ours")


@pytest.fixture(scope="module")
def address(tmp_path_factory, tls):
    with cluster.started(tmp_path_factory.mktemp("cluster"), tls) as address:
        yield address


@pytest.fixture
def use(config):
    def use(address, tls):
        config.DASK_SCHEDULER = address
        for name, path in tls.items():
            setattr(config, name, str(path))

    return use


def test_one_of_two_workers_is_killed_and_the_same_is_found_as_here(tmp_path, config, use, address, tls):
    config.SEARCH_PROCESSES = 1
    here = find(Guess(), SHARES, tmp_path, seconds=LONG)
    use(address, tls)
    there = find(Guess(dies_once=str(tmp_path / "died")), SHARES, tmp_path, seconds=LONG)
    assert (tmp_path / "died").exists()
    assert [one.scores for one in there.trials] == [one.scores for one in here.trials]
    assert there.parameters == here.parameters


@pytest.mark.parametrize("whose", ["nobody's", "another authority's"])
def test_without_a_certificate_of_its_authority_nobody_gets_in(tmp_path, use, address, tls, whose):
    other = cluster.certify(tmp_path, "other") if whose != "nobody's" else dict.fromkeys(tls, "")
    use(address, other)
    began = time.monotonic()
    with pytest.raises(SearchFailed, match="TLS files"):
        find(Guess(), SHARES, tmp_path)
    assert time.monotonic() - began < 15


def test_a_cluster_that_is_away_is_told_within_seconds(tmp_path, use):
    use("tcp://127.0.0.1:9", {})
    began = time.monotonic()
    with pytest.raises(SearchFailed, match="DASK_SCHEDULER"):
        find(Guess(), SHARES, tmp_path)
    assert time.monotonic() - began < 15


def test_a_worker_that_does_not_see_the_rows_ends_the_search(tmp_path, use, address, tls, monkeypatch):
    from scheduling.search import searching

    real = searching.write

    def elsewhere(rows, path, **asked):
        file = real(rows, path, **asked)
        path.rename(path.with_suffix(".elsewhere"))
        return file

    monkeypatch.setattr(searching, "write", elsewhere)
    use(address, tls)
    with pytest.raises(SearchFailed, match="MEDIA_ROOT"):
        find(Guess(), SHARES, tmp_path)


def test_a_scheduler_that_goes_away_during_the_search_is_told(tmp_path, use, tls):
    killed = []

    def kill(tried):
        if not killed:
            (scheduler,) = [p for p in psutil.Process().children() if f"--port={port}" in p.cmdline()]
            killed.append(scheduler.kill())

    with cluster.started(tmp_path, tls, workers=1) as address:
        port = address.rpartition(":")[2]
        use(address, tls)
        with pytest.raises(SearchFailed, match="went away"):
            find(Guess(seconds=0.1), SHARES, tmp_path, report=kill)
    assert killed
