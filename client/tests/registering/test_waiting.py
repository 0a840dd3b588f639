"""Registering takes a while: the run is waited for, and whoever stops waiting knows how to look again."""

import pytest

from client.tests.registering.answers import SIGNATURE, answer
from model_delivery import InvalidInput, NotFound, RunFailed, TimedOut


@pytest.mark.usefixtures("unknown")
def test_workers_that_lag_do_not_take_the_verdict_away(httpserver, register, printed):
    lagging = {"live_version": "1.0", "served_by": {"workers": 1, "of": 2}}
    httpserver.expect_request("/api/models/churn").respond_with_json(lagging)
    answer(httpserver)
    assert register(timeout=2).verdict.decision == "promoted"
    assert "workers" in printed.getvalue()


@pytest.mark.usefixtures("unknown")
class TestWaiting:
    """The answer 202: the run goes on, and is looked at until it is over."""

    @pytest.fixture
    def queued(self, httpserver):
        answer(httpserver, {"run": 12, "url": "http://inner-name/api/runs/12"}, status=202)

    def run(self, httpserver, *states, **facts):
        row = {"id": 12, "task": "register", "model": "churn", "decision": "", "reason": "", "step": "",
               "candidate": None, "created_at": "2026-01-02T03:04:05Z"}  # fmt: skip
        for status in states[:-1]:
            httpserver.expect_oneshot_request("/api/runs/12").respond_with_json(row | {"status": status})
        last = row | {"status": states[-1]} | facts
        httpserver.expect_request("/api/runs/12").respond_with_json(last)

    @pytest.mark.usefixtures("queued")
    def test_a_run_is_waited_for_with_longer_and_longer_pauses(
        self, httpserver, register, no_pauses, printed
    ):
        facts = {
            "decision": "promoted",
            "candidate": "1.0",
            "reason": "First.",
            "notes": ["n"],
        }
        model = {"live_version": "1.0", "served_by": {"workers": 1, "of": 2}}
        httpserver.expect_oneshot_request("/api/models/churn").respond_with_json(model)
        model = {"live_version": "1.0", "served_by": {"workers": 2, "of": 2}}
        httpserver.expect_oneshot_request("/api/models/churn").respond_with_json(model)
        manifest = "/api/models/churn/versions/1.0/manifest"
        httpserver.expect_request(manifest).respond_with_json({"signature": SIGNATURE})
        self.run(httpserver, "queued", "running", "running", "finished", **facts)
        verdict = register().verdict
        assert (verdict.version, verdict.decision, verdict.run, verdict.notes) == (
            "1.0",
            "promoted",
            12,
            ("n",),
        )
        assert verdict.evidence == httpserver.url_for("/api/runs/12/evidence.html")
        assert "category" in printed.getvalue()
        assert no_pauses[:3] == sorted(no_pauses[:3])
        assert len(no_pauses) == 4  # and one until the second worker serves it

    @pytest.mark.usefixtures("queued")
    def test_questions_of_a_run_are_the_same_error(self, httpserver, register):
        errors = [{"field": "zip", "message": "Is it text?", "choices": ["text", "drop"]}]
        self.run(httpserver, "failed", reason="It asks.", errors=errors)
        with pytest.raises(InvalidInput) as told:
            register()
        assert told.value.remedy == 'Add kinds={"zip": "text"} or drop=["zip"].'

    @pytest.mark.usefixtures("queued")
    @pytest.mark.parametrize("status", ["failed", "interrupted", "cancelled"])
    def test_a_run_that_ended_otherwise_is_an_error(self, httpserver, register, status):
        self.run(httpserver, status, reason="It was stopped.")
        with pytest.raises(RunFailed) as told:
            register()
        assert "12" in str(told.value)
        assert told.value.remedy

    @pytest.mark.usefixtures("queued")
    def test_ctrl_c_says_how_to_look_again(self, httpserver, register, printed, monkeypatch):
        self.run(httpserver, "running")

        def pressed(seconds):
            raise KeyboardInterrupt

        monkeypatch.setattr("model_delivery.waiting.time.sleep", pressed)
        with pytest.raises(KeyboardInterrupt):
            register()
        assert "delivery.run(12)" in printed.getvalue()

    @pytest.mark.usefixtures("queued")
    def test_patience_may_end(self, httpserver, register):
        self.run(httpserver, "running")
        with pytest.raises(TimedOut) as told:
            register(patience=0.1)
        assert "delivery.run(12)" in str(told.value)

    @pytest.mark.usefixtures("queued")
    def test_a_run_that_is_gone_is_an_error(self, httpserver, register):
        body = {"code": "not_found", "detail": "There is nothing.", "errors": []}
        httpserver.expect_request("/api/runs/12").respond_with_json(body, status=404)
        with pytest.raises(NotFound):
            register()


@pytest.mark.usefixtures("unknown")
def test_ctrl_c_while_sending_says_that_calling_again_is_safe(register, printed, monkeypatch):
    def pressed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("model_delivery.http.session.Session.upload", pressed)
    with pytest.raises(KeyboardInterrupt):
        register()
    assert "again is safe" in printed.getvalue()
