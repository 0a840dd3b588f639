"""Children that end, hang, or are not wanted any more: none is left behind, each run is closed."""

import logging

import pytest

from scheduling.engine import run_processes as children_module
from scheduling.engine.run_processes import Children
from scheduling.models import Run
from scheduling.models.run import FITTING
from scheduling.tests.process_factory import SLEEP, STUBBORN, WITH_A_CHILD
from scheduling.tests.run_factory import EPOCH, make_running


@pytest.fixture
def children():
    """None yet; what a test leaves is ended."""
    children = Children()
    yield children
    children.stop()


def watch_until_ended(children):
    """Wait for the child's process, then look after it."""
    children._children[0].process.wait(timeout=20)
    children.watch()
    assert children.idle


def test_the_child_gets_the_run_and_its_epoch_to_do(iris, children, monkeypatch):
    asked = {}

    def command(**arguments):
        asked.update(arguments)
        return ["true"]

    monkeypatch.setattr("scheduling.engine.limited_process.command", command)
    run = make_running(iris)
    children.start(run)
    assert asked["argv"][1:] == ["-m", "django", "runjob", str(run.pk), "--epoch", str(EPOCH)]
    assert asked["memory_mb"] == 4096
    assert not children.idle


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("ready(); sys.exit(3)", "exit code 3"),
        ("ready()", "exit code 0"),
        ("ready(); os.kill(os.getpid(), signal.SIGKILL)", "signal SIGKILL"),
        ("ready(); os.abort()", "signal SIGABRT"),
    ],
)
def test_a_child_that_ends_without_closing_its_run_failed(iris, children, children_do, pipe, script, said):
    children_do(script)
    run = make_running(iris)
    children.start(run)
    pipe.wait_until_ready()
    watch_until_ended(children)
    run.refresh_from_db()
    assert (run.status, run.decision) == ("failed", "blocked")
    assert said in run.reason
    assert run.finished_at is not None


def test_a_child_that_lost_the_database_was_interrupted(iris, children, children_do, pipe):
    children_do("ready(); sys.exit(75)")
    run = make_running(iris)
    children.start(run)
    pipe.wait_until_ready()
    watch_until_ended(children)
    run.refresh_from_db()
    assert (run.status, run.decision, "database" in run.reason) == ("interrupted", "", True)


def test_what_the_child_closed_itself_stays_and_is_logged_in_one_line(
    iris, children, children_do, pipe, caplog
):
    children_do("ready()")
    run = make_running(iris)
    children.start(run)
    pipe.wait_until_ready()
    Run.objects.close(run, status="finished", decision="kept", reason="The champion stays: worse.")
    with caplog.at_level(logging.INFO, "scheduling.runs"):
        watch_until_ended(children)
    run.refresh_from_db()
    assert (run.status, run.reason) == ("finished", "The champion stays: worse.")
    (line,) = caplog.messages
    assert line.startswith(
        f"run={run.pk} task=validate model=iris candidate=None status=finished decision=kept"
    )


@pytest.mark.parametrize(
    ("step", "name", "other"),
    [
        (FITTING, "FIT_TIME_LIMIT_SECONDS", "RUN_TIME_LIMIT_SECONDS"),
        ("drawing the evidence", "RUN_TIME_LIMIT_SECONDS", "FIT_TIME_LIMIT_SECONDS"),
    ],
)
def test_a_child_over_the_time_limit_of_its_stage_is_killed_and_its_run_says_so(
    iris, children, children_do, pipe, config, step, name, other
):
    children_do(STUBBORN)
    run = make_running(iris, step=step)
    children.start(run)
    pipe.wait_until_ready()
    setattr(config, other, 0)
    children.watch()
    assert not children.idle
    setattr(config, name, 0)
    children.watch()
    assert children.idle
    pipe.wait_until_all_have_ended()
    run.refresh_from_db()
    assert (run.status, run.decision) == ("failed", "blocked")
    assert [said in run.reason for said in (step, name, other)] == [True, True, False]


def test_the_child_of_a_cancelled_run_is_ended_at_once(iris, children, children_do, pipe):
    children_do(SLEEP)
    run = make_running(iris)
    children.start(run)
    pipe.wait_until_ready()
    Run.objects.cancel(run, reason="Cancelled: too late.")
    children.watch()
    pipe.wait_until_all_have_ended()
    watch_until_ended(children)
    run.refresh_from_db()
    assert (run.status, run.reason) == ("cancelled", "Cancelled: too late.")


def test_a_child_that_closed_its_run_gets_a_grace_to_end(iris, children, children_do, pipe, monkeypatch):
    children_do(SLEEP)
    run = make_running(iris)
    children.start(run)
    pipe.wait_until_ready()
    Run.objects.close(run, status=Run.Status.FINISHED, decision="kept", reason="Worse.")
    children.watch()
    assert children._children[0].process.poll() is None
    monkeypatch.setattr(children_module, "GRACE_SECONDS", -1.0)
    children.watch()
    pipe.wait_until_all_have_ended()
    watch_until_ended(children)
    run.refresh_from_db()
    assert (run.status, run.reason) == ("finished", "Worse.")


@pytest.mark.parametrize("script", [SLEEP, STUBBORN])
def test_stopping_ends_every_child_and_marks_its_run(iris, children, children_do, pipe, monkeypatch, script):
    monkeypatch.setattr(children_module, "STOP_SECONDS", 0.2)
    children_do(script)
    run = make_running(iris)
    children.start(run)
    pipe.wait_until_ready()
    children.stop()
    pipe.wait_until_all_have_ended()
    assert children.idle
    run.refresh_from_db()
    assert (run.status, run.decision) == ("interrupted", "")


@pytest.mark.parametrize("ends", ["", "time.sleep(60)"])
def test_what_a_child_started_ends_with_it(iris, children, children_do, pipe, ends):
    children_do(WITH_A_CHILD + ends)
    children.start(make_running(iris))
    pipe.wait_until_ready()
    if ends:
        children.stop()
    else:
        watch_until_ended(children)
    pipe.wait_until_all_have_ended()


def test_stopping_without_children_is_nothing(db, children):
    children.stop()
    assert children.idle
