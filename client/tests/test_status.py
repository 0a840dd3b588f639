"""`delivery status` and what it rests on: models, their runs and promotions, page by page."""

import json

import pytest

from model_delivery import TimedOut, command

RUN = {"id": 7, "task": "upload", "model": "churn", "status": "finished", "step": "", "decision": "kept",
       "reason": "Not better.", "candidate": "1.1", "created_at": "2026-01-02T03:04:05Z"}  # fmt: skip
ROW = {"model": "churn", "version": "1.0", "replaced_version": None, "kind": "promote", "by": "ada",
       "reason": "first", "at": "2026-01-01T00:00:00Z"}  # fmt: skip


def page(*rows, following=None):
    return {"results": list(rows), "next": following, "previous": None}


@pytest.fixture
def server(httpserver):
    models = [
        {"name": "iris", "live_version": None, "hold": {"by": "ada"}},
        {"name": "churn", "live_version": "1.0", "hold": None},
    ]
    httpserver.expect_request("/api/models").respond_with_json(page(*models))
    httpserver.expect_request("/api/models/churn").respond_with_json(models[1])
    httpserver.expect_request("/api/promotions", query_string="model=churn").respond_with_json(page(ROW))
    unfinished = RUN | {"decision": "", "id": 8, "status": "running"}
    httpserver.expect_request("/api/runs", query_string="model=churn").respond_with_json(
        page(unfinished, RUN)
    )
    httpserver.expect_request("/api/runs", query_string="model=iris").respond_with_json(page())
    return httpserver


@pytest.mark.usefixtures("server")
def test_each_model_has_its_live_version_and_last_verdict(delivery):
    churn, iris = delivery.status()
    assert (churn.model, churn.live, churn.since) == ("churn", "1.0", ROW["at"])
    assert (churn.verdict, churn.verdict_version, churn.verdict_run) == ("kept", "1.1", 7)
    assert (iris.live, iris.since, iris.verdict, iris.held) == (None, None, "", True)


def test_the_command_prints_a_table_or_json(server, monkeypatch, capsys):
    monkeypatch.setenv("MODEL_DELIVERY_URL", server.url_for(""))
    assert command.main(["status"]) == 0
    assert "churn" in capsys.readouterr().out
    assert command.main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["verdict"] == "kept"


def test_the_command_says_what_is_wrong_and_answers_1(monkeypatch, capsys):
    monkeypatch.delenv("MODEL_DELIVERY_URL", raising=False)
    assert command.main(["status"]) == 1
    assert command.main(["status", "--url", "http://127.0.0.1:9"]) == 1
    said = capsys.readouterr().err
    assert "MODEL_DELIVERY_URL" in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("server")
def test_runs_and_promotions_are_values(churn):
    running, kept = churn.runs()
    assert (running.is_over, kept.is_over) == (False, True)
    assert (kept.id, kept.version, kept.decision) == (7, "1.1", "kept")
    assert churn.promotions()[0].replaced is None
    assert len(churn.runs(limit=1)) == 1


def test_lists_are_followed_on_our_own_address_only(httpserver, delivery):
    elsewhere = "http://inner-name:9/api/runs?cursor=abc&model=churn"
    httpserver.expect_ordered_request("/api/runs").respond_with_json(page(RUN, following=elsewhere))
    httpserver.expect_ordered_request("/api/runs", query_string="cursor=abc&model=churn").respond_with_json(
        page(RUN)
    )
    assert len(delivery.runs()) == 2


@pytest.mark.usefixtures("server")
def test_a_promotion_says_what_it_replaces(httpserver, churn):
    httpserver.expect_request("/api/promotions", method="POST").respond_with_json(ROW, status=201)
    churn.promote("1.1", reason="It is better.")
    churn.roll_back(reason="It was not.")
    first, second = (r.get_json() for r, _ in httpserver.log if r.method == "POST")
    assert first == {
        "model": "churn", "kind": "promote", "version": "1.1", "replaces": "1.0", "reason": "It is better."
    }  # fmt: skip
    assert second == {"model": "churn", "kind": "roll_back", "replaces": "1.0", "reason": "It was not."}


def lagging(httpserver, *loaded):
    """A ledger that says 1.1, and so many of two workers that have loaded it, look by look."""
    path = "/api/models/churn"
    httpserver.expect_oneshot_request(path).respond_with_json({"live_version": "1.0"})
    row = ROW | {"version": "1.1"}
    httpserver.expect_request("/api/promotions", method="POST").respond_with_json(row, status=201)
    for workers in loaded:
        model = {"live_version": "1.1", "served_by": {"workers": workers, "of": 2}}
        httpserver.expect_oneshot_request(path).respond_with_json(model)
    httpserver.expect_request(path).respond_with_json(
        {"live_version": "1.1", "served_by": {"workers": 1, "of": 2}}
    )


@pytest.mark.parametrize("flip", [lambda churn, **how: churn.promote("1.1", reason="r", **how),
                                  lambda churn, **how: churn.roll_back(reason="r", **how)])  # fmt: skip
def test_a_promotion_waits_until_each_worker_serves_it(httpserver, churn, flip, no_pauses, asked):
    lagging(httpserver, 0, 1, 2)
    assert flip(churn).version == "1.1"
    assert len(no_pauses) == 2
    assert len(asked()) == 5


def test_a_promotion_does_not_wait_for_ever(httpserver, churn, no_pauses):
    lagging(httpserver)
    with pytest.raises(TimedOut) as told:
        churn.promote("1.1", reason="r", timeout=3)
    assert (told.value.field, sum(no_pauses)) == ("timeout", 3)


def test_a_promotion_need_not_wait(httpserver, churn, no_pauses, asked):
    lagging(httpserver)
    assert churn.promote("1.1", reason="r", timeout=0).version == "1.1"
    assert (no_pauses, len(asked())) == ([], 2)


def test_the_evidence_is_fetched_with_the_token(httpserver, delivery, tmp_path):
    path = "/api/runs/7/evidence.html"
    httpserver.expect_request(path, headers={"Authorization": "Token the-token"}).respond_with_data(
        "<p>why</p>"
    )
    assert delivery.evidence(7, tmp_path / "why.html").read_text() == "<p>why</p>"
