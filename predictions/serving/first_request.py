"""Lets the first request of a web worker start its follower: in every server, with no line in `wsgi.py`.

Django sends the signal in the worker process itself, whenever and however it was forked. A command never
sends it, and the test client sends it as somebody else.
"""

import os
import threading
from typing import Any

from django.core import mail
from django.core.signals import request_started

PATIENCE = 10.0  # seconds that a first request waits; then it is answered with what is loaded
UID = "predictions.serving.first_request"
_one_at_a_time = threading.Lock()
_is_over = False  # the first request of this process


def listen() -> None:
    """Wait for requests. Called when Django starts; nothing heavy is imported before there is one."""
    request_started.connect(on_request, dispatch_uid=UID)


def ignore() -> None:
    """Wait no more: what runs from here on is followed already, or not to be followed."""
    request_started.disconnect(dispatch_uid=UID)


def on_request(sender: type, **_: Any) -> None:
    """Start the follower and wait for its first round; from then on requests cost nothing here."""
    if not hasattr(sender, "request_class"):  # the handlers of servers have one, the test client's has not
        return
    if hasattr(mail, "outbox"):  # a live server in a test run, which no thread should outlive
        follow_once()
        return
    global _is_over
    from predictions.serving import web_worker

    if web_worker.start(patience=PATIENCE):
        _is_over = True
        ignore()


def _wait_for_another() -> None:
    """In a forked child, whose own first request is to come: a main process may have answered one before."""
    global _is_over
    if _is_over:
        from predictions.serving import serving

        serving.swap(serving.Snapshot())  # nobody follows it here, so the fast lane may not answer with it
        _is_over = False
        listen()


os.register_at_fork(after_in_child=_wait_for_another)


def follow_once() -> None:
    """Serve what is live now: one round of the follower, in this thread. For the tests of a project."""
    from predictions.serving import serving
    from predictions.serving.follower import Follower

    class OneRound(Follower):
        """Leaves the file alone that the workers of this host start from."""

        def _keep(self, snapshot: serving.Snapshot) -> None:
            pass

    with _one_at_a_time:
        if not _are_of_this_test(serving.current()):
            serving.swap(serving.Snapshot())
        OneRound().step()


def _are_of_this_test(snapshot: Any) -> bool:
    """Whether the loaded versions are those in the database: the next test's have the same numbers."""
    from predictions.models import ModelVersion
    from predictions.registry.loading import Loadable

    loaded = {m.version.version_id: m.version.known for m in snapshot.models.values() if m.version}
    rows = ModelVersion.objects.select_related("signature__registered_model").filter(pk__in=loaded)
    return {row.pk: Loadable.of(row) for row in rows} == loaded
