"""The model host answers exactly as scikit-learn does, and what it is asked never ends it."""

import os
import socket
import stat
import threading

import numpy as np
import pytest
import skops.io

from predictions.hosted import session, wire
from predictions.hosted.session import HostedSession, ModelHostAway, NotAnswered, NotLoaded
from predictions.registry.sklearn_answers import answers_of
from predictions.tests.other_models import MIXED, people
from scheduling.model_host.server import AlreadyServing, ModelHost
from scheduling.tests.model_host.conftest import SPEC, hosting, mixed, propagation, stored


def ask(one, frame, spec=SPEC):
    return one.run([], spec.inputs_of(frame))


@pytest.mark.parametrize(("model", "spec"), [(propagation, SPEC), (mixed, MIXED)])
def test_answers_are_those_of_scikit_learn_to_the_bit(host, model, spec):
    estimator, frame = model(), people()
    if "town" in spec.names:
        frame.loc[::7, "town"] = np.nan
        frame.loc[::5, "income"] = np.nan
    expected = answers_of(estimator, spec, frame)
    labels, shares = ask(HostedSession(stored(skops.io.dumps(estimator), spec=spec)), frame, spec)
    assert labels.tolist() == expected.outputs
    assert np.array_equal(shares, expected.probabilities)


def test_many_threads_ask_at_once_and_each_gets_its_own_answers(host, wanted):
    one, frame = HostedSession(wanted), people()
    expected = ask(one, frame)[0].tolist()
    wrong = []

    def work(first):
        for place in range(first, len(frame), 8):
            if ask(one, frame.iloc[[place]])[0].tolist() != [expected[place]]:
                wrong.append(place)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_without_a_host_it_is_away(socket_path, wanted):
    assert not session.is_heard()
    with pytest.raises(ModelHostAway):
        HostedSession(wanted).load()


def test_a_host_that_was_started_again_is_asked_over_a_new_connection(socket_path, wanted):
    one = HostedSession(wanted)
    with hosting(socket_path):
        before = ask(one, people())[0].tolist()
    with pytest.raises(ModelHostAway):
        ask(one, people())
    with hosting(socket_path):
        assert ask(one, people())[0].tolist() == before


def test_a_host_that_takes_too_long_is_away_and_its_late_answer_is_never_read(
    host, wanted, config, monkeypatch
):
    one, frame = HostedSession(wanted), people()
    expected = ask(one, frame)[0].tolist()
    config.MODEL_HOST_SECONDS, go_on = 0.1, threading.Event()
    version = next(iter(host.shelf._loaded.values()))
    answer = type(version).answer
    monkeypatch.setattr(type(version), "answer", lambda *of: go_on.wait(5) and answer(*of))
    with pytest.raises(ModelHostAway):
        ask(one, frame.iloc[:1])
    go_on.set()
    config.MODEL_HOST_SECONDS = 10
    assert ask(one, frame)[0].tolist() == expected


def test_a_changed_file_is_not_loaded(host, wanted, config):
    (config.MEDIA_ROOT / wanted.served_form).write_bytes(b"other")
    with pytest.raises(NotLoaded):
        HostedSession(wanted).load()


@pytest.mark.parametrize("content", [b"\x80\x04.", b"PK\x03\x04rubbish", b""])
def test_what_is_no_skops_file_is_not_loaded(host, content):
    with pytest.raises(NotLoaded):
        HostedSession(stored(content)).load()


def test_an_estimator_that_raises_answers_nothing_and_the_host_goes_on(host, wanted):
    one, frame = HostedSession(wanted), people()
    broken = frame.astype({"debt": float})
    broken.loc[3, "debt"] = np.nan
    with pytest.raises(NotAnswered):
        ask(one, broken)
    assert len(ask(one, frame)[0]) == len(frame)


@pytest.mark.parametrize(
    "message", [b"", b"\xc1", wire.encode({}), wire.encode({"wanted": 1, "rows": 1, "columns": {}})]
)
def test_rubbish_is_refused_and_the_host_goes_on(host, socket_path, wanted, message):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(socket_path))
        wire.send(connection, message)
        assert isinstance(wire.read_reply(wire.receive(connection)), wire.Refused)
    assert len(ask(HostedSession(wanted), people())[0]) == len(people())


def test_a_length_that_is_out_of_all_bounds_costs_no_memory(host, socket_path):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(socket_path))
        connection.sendall(wire.LENGTH.pack(2**60))
        assert connection.recv(1) == b""


def test_the_version_asked_longest_ago_goes_first(host, wanted):
    same = skops.io.dumps(propagation())
    versions = [HostedSession(stored(same, version=f"churn 1.{number}")) for number in range(3)]
    for one in versions:
        one.load()
    assert len(host.shelf._loaded) == 2
    versions[0].load()
    assert [b"churn 1.2" in key for key in host.shelf._loaded] == [True, False]


def test_only_its_user_may_open_the_socket(host, socket_path):
    assert stat.S_IMODE(os.stat(socket_path).st_mode) == 0o600


def test_a_second_host_is_refused_and_a_dead_ones_socket_is_taken_over(socket_path):
    with hosting(socket_path), pytest.raises(AlreadyServing):
        ModelHost(socket_path, most_versions=1)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(socket_path))
    with hosting(socket_path):
        assert session.is_heard()
