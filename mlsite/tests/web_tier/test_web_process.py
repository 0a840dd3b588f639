"""The web process predicts without the libraries of training, unpickles nothing, and starts no threads."""

import json
from pathlib import Path

import pytest

from mlsite.tests.processes import clean_environment, run, url_of_test_database
from predictions.registry.promotion import Approval, promote
from predictions.serving.follower import Follower
from scheduling.evidence_page import page
from scheduling.evidence_page.exhibits.base import show
from scheduling.evidence_page.exhibits.confusion import Confusion
from scheduling.tests.evidence_factory import make_evidence
from scheduling.tests.registering.sent import make_person
from scheduling.tests.run_factory import make_running

pytestmark = pytest.mark.django_db(transaction=True)  # another process reads the rows


@pytest.fixture
def report(weak, config, tmp_path):
    """What a web process of its own, on the rows of this test, tells of one part."""
    promote(version=weak, replacing=None, approval=Approval(by="a test", reason="first"))

    def of(part, **variables):
        environment = clean_environment(
            tmp_path,
            **{"DATABASE_URL": url_of_test_database(), "MEDIA_ROOT": str(config.MEDIA_ROOT)} | variables,
        )
        ended = run("-m", "mlsite.tests.web_tier.web_process", part, environment=environment)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return of


def test_it_answers_all_without_training_libraries_and_without_unpickling(report):
    told = report("imports")
    assert told["imported"] == []
    assert told["unpickled"] == []
    assert told["statuses"] == dict.fromkeys(told["statuses"], 200) | {"/nothing": 404}
    assert json.loads(told["good"]["body"]) == {"species": 0, "model": "rf-12-base"}
    assert told["good"]["headers"]["X-Model-Version"] == "1.0"
    assert told["bad"]["status"] == 400


def test_it_shows_evidence_without_the_library_that_draws(report, iris, strong, forests):
    run = make_running(iris, candidate=strong)
    page.store(run, [show(Confusion(), make_evidence(forests), {})]).save()
    paths = [f"/api/runs/{run.pk}/evidence", f"/api/runs/{run.pk}/evidence.html"]
    told = report("imports", MORE_PATHS=json.dumps(paths))
    assert [told["statuses"][path] for path in paths] == [200, 200]
    assert told["imported"] == []


@pytest.mark.parametrize("how", ["announced", "chunked"])
def test_it_takes_files_without_training_libraries(report, config, how):
    token = make_person("ann", "register")["Authorization"]
    told = report("registers", TOKEN=token, CHUNKED="" if how == "announced" else "1")
    assert told["answered"]["status"] == 202, told["answered"]["body"]
    assert (told["imported"], told["unpickled"]) == ([], [])
    (folder,) = (config.MEDIA_ROOT / "quarantine").iterdir()
    assert sorted((path.name, path.stat().st_size) for path in folder.iterdir()) == [
        ("evaluation", 400_000), ("training", 400_000)
    ]  # fmt: skip


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads as Linux shows them")
def test_it_has_one_thread_more_which_is_the_follower(report):
    told = report("threads")
    assert told["telemetry"] == "1"
    assert told["added_by_import"] == 0
    assert told["added_by_serving"] == 1
    assert told["named"] == ["MainThread", "follower"]
    assert told["status"] == 200
    assert told["frozen"] > 100_000  # no collection looks at them again


def test_a_body_whose_length_is_not_announced_is_read_up_to_the_limit(report):
    told = report("chunked", MAX_BODY_BYTES="2000", MAX_UPLOAD_BYTES="8000")
    for part in ("row", "http2_names_no_coding"):
        assert json.loads(told[part]["body"]) == {"species": 0, "model": "rf-12-base"}
    for part in ("empty", "no_json"):
        assert told[part]["status"] == 400
        assert json.loads(told[part]["body"])["errorDetails"][0]["field"] == "body"
    for part in ("over_the_limit", "far_over_the_limit"):
        assert told[part]["status"] == 413
        assert json.loads(told[part]["body"])["code"] == "body_too_large"
    assert told["promotions"]["status"] == 401
    assert told["announced_wins"]["status"] == 200


def test_it_starts_without_a_database_and_serves_what_was_live(report, config, settings):
    settings.SECRET_KEY = "k" * 50  # the same in both processes: the manifest is signed
    Follower().step()
    told = report(
        "away",
        DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
        VAR_DIR=str(config.VAR_DIR),
        SECRET_KEY=settings.SECRET_KEY,
        METRICS_PUBLIC="true",
    )
    assert json.loads(told["good"]["body"]) == {"species": 0, "model": "rf-12-base"}
    assert (told["ready"]["status"], json.loads(told["ready"]["body"])["status"]) == (200, "degraded")
    assert told["metrics"]["status"] == 200
    assert 'prediction_seconds_count{model="iris",version="1.0"} 1.0' in told["metrics"]["body"]
    assert "database_up 0.0" in told["metrics"]["body"]


def test_it_does_not_start_without_its_settings(report, tmp_path):
    environment = clean_environment(tmp_path, TOKEN_DAYS="none")
    ended = run("-m", "mlsite.tests.web_tier.web_process", "imports", environment=environment)
    assert ended.returncode != 0
    assert "TOKEN_DAYS" in ended.stderr
