"""Waiting for a run. Whoever stops waiting stops nothing on the server."""

import math
import time

from model_delivery.errors import DeliveryError, InvalidInput, RunFailed, TimedOut, Unreachable
from model_delivery.http.session import Session, path_of
from model_delivery.records import Run
from model_delivery.shown.telling_console import Teller

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
SERVED_SECONDS = 30.0  # the model host may have to load scikit-learn first


def look(session: Session, number: int) -> Run:
    """Return the run as it is now."""
    return Run.of(session.get(f"/api/runs/{number}"), base=session.base)


def wait_for(session: Session, number: int, *, teller: Teller, patience: float) -> Run:
    """Return the run when it is over. Raises `TimedOut` after `patience` seconds, or `Unreachable`."""
    again = (
        f"Run {number} goes on. To look again: delivery.run({number}), or {session.base}/api/runs/{number}."
    )
    try:
        return _over(session, number, teller, time.monotonic() + patience)
    except KeyboardInterrupt:
        teller.say(again)
        raise KeyboardInterrupt from None
    except Unreachable as error:
        raise type(error)(f"{error.message} {again}", field=error.field, remedy=error.remedy) from None


def _over(session: Session, number: int, teller: Teller, until: float) -> Run:
    pause = FIRST_PAUSE
    with teller.waiting(f"Run {number}") as tell_step:
        while not (run := look(session, number)).is_over:
            if time.monotonic() + pause > until:
                raise TimedOut("The run takes longer than was to be waited.", field="patience")
            tell_step(run.step or run.status)
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)
    return run


def wait_until_served(
    session: Session, name: str, version: str | None, *, timeout: float = SERVED_SECONDS
) -> None:
    """Wait until each web worker has loaded what went live; 0 seconds: do not wait. Raises `TimedOut`.

    What is no longer live is not waited for.
    """
    for _ in range(math.ceil(timeout / FIRST_PAUSE)):
        model = session.get(path_of("models", name))
        served = model.get("served_by") or {}
        if model["live_version"] != version or served.get("workers") == served.get("of"):
            return
        time.sleep(FIRST_PAUSE)
    if timeout > 0:
        message = f"{name} {version} is live, but some web workers have not loaded it after {timeout:g} s."
        remedy = "They go on trying, and answer by the version before meanwhile. The server's log says more."
        raise TimedOut(message, field="timeout", remedy=remedy)


def failed(run: Run) -> DeliveryError:
    """Return the error for a run that is over and has not finished: `InvalidInput` where it names fields."""
    if run.problems:  # which the reason has too
        return InvalidInput(f"Run {run.id} {run.status}.", problems=run.problems)
    return RunFailed(
        f"Run {run.id} {run.status}: {run.reason}", remedy="The server's log says more. Then call it again."
    )
