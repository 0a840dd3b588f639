"""Same decision, same figures: models of every shape, and what has changed since is no matter."""

import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes

from conftest import FIXTURES, register
from predictions.registry import datasets
from predictions.registry.datasets import Tables
from scheduling.checks import CHECKS
from scheduling.evidence.rehearsed import NoAnswer
from scheduling.models import CheckLimit, GatePolicy, Look, Slice
from scheduling.replay.replaying import How
from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.model_files.upload_factory import as_skops, make_forest
from scheduling.tests.problem_factory import make_problem, set_limits, set_policy, set_recipe, train
from scheduling.tests.replay.replays import as_json, assert_same, command, how, judged
from scheduling.tests.version_factory import make_live, make_twin
from scheduling.training.training import train_candidate
from scheduling.uploads import sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]
FOREST = {"n_estimators": 12}


def table(load):
    return load(as_frame=True).frame.rename(columns=lambda name: name.replace(" ", "_"))


def retrained(model, estimator, **parameters):
    set_recipe(model, estimator, **parameters)
    return judged(model, train_candidate(model, run=77, tables=Tables()), task="retrain")


def test_a_promotion_with_a_champion(iris, live, strong):
    run = judged(iris, strong)
    again = assert_same(run)
    assert again.decision.kind == run.decision == "promoted"
    assert list(how(again)) == [check.id for check in CHECKS]
    assert how(again)["api_health"] == "ON_RECORD"
    assert {how(again)[name] for name in ("contract", "parity", "latency", "memory")} == {"JUDGED_AGAIN"}
    assert sum(one == "REPLAYED" for one in how(again).values()) == 10
    assert again.figures > 400


def test_a_first_version(iris, weak):
    assert assert_same(judged(iris, weak)).record.inputs.champion is None


def test_one_that_cannot_be_told_from_the_champion(iris, weak, strong, forests):
    make_live(weak)
    make_live(strong)
    assert assert_same(judged(iris, make_twin(iris, forests))).decision.kind == "cannot_tell"


def test_the_live_version_itself(iris, live):
    assert assert_same(judged(iris, live)).decision.kind == "kept"


def test_a_rehearsal_that_failed(iris, live, strong, monkeypatch):
    def hangs(*arguments, **champion):
        raise NoAnswer("version 1.1: no answer within 5 s", version_id=strong.pk)

    monkeypatch.setattr("scheduling.judging.rehearsing.rehearse", hangs)
    run = judged(iris, strong)
    monkeypatch.undo()
    assert run.decision == "blocked"
    assert "no answer within 5 s" in assert_same(run).decision.reason


def test_an_upload_is_opened_in_the_sandbox_again(iris, live):
    spec = iris.signatures.get().spec()
    content = as_skops(make_forest())
    examined = sandbox.examine(content, spec=spec, frame=read_csv("evaluation"))
    uploaded = register(iris, (content, examined.compiled), name="uploaded", source="uploaded")
    assert_same(judged(iris, uploaded, task="upload"))


def test_a_regression():
    model = make_problem("diabetes", table(load_diabetes), output="target", task="regression")
    make_live(train(model, "DecisionTreeRegressor", max_depth=14))
    run = retrained(model, "Ridge", alpha=0.01)
    assert run.decision == "promoted", run.reason
    assert_same(run)


def test_a_group_column():
    frame = table(load_breast_cancer).iloc[:, [0, 1, 2, 3, -1]]
    model = make_problem("cancer", frame, output="target")
    rows = frame.sample(150, random_state=3).assign(patient=[f"p{i // 3}" for i in range(150)])
    datasets.register(registered_model=model, role="evaluation", content=rows.to_csv(index=False).encode())
    set_policy(model, primary_metric="brier", group_column="patient")
    make_live(train(model, "DecisionTreeClassifier", max_depth=1))
    run = retrained(model, "RandomForestClassifier", **FOREST)
    assert run.results.get(check_id="evaluation_metrics").measured["units"] == {"groups": 50}
    set_policy(model, group_column="")
    assert assert_same(run).evidence.groups is not None


def test_text_missing_values_and_named_slices():
    from palmerpenguins import load_penguins

    model = make_problem("penguins", load_penguins().drop(columns="year"), output="species")
    set_policy(model, primary_metric="brier")
    set_limits(model, "slices", minimum_rows=20)
    Slice.objects.create(registered_model=model, name="Biscoe", condition="island = Biscoe")
    make_live(train(model, "DecisionTreeClassifier", max_depth=1))
    run = retrained(model, "RandomForestClassifier", **FOREST)
    assert run.results.get(check_id="slices").details["named"][0]["name"] == "Biscoe"
    Slice.objects.all().delete()
    assert_same(run)


def test_what_changed_since_is_no_matter(iris, live, strong, forests, httpserver, config):
    run = judged(iris, strong)
    GatePolicy.objects.update(primary_metric="accuracy", promote_when="not_worse", approval="never")
    CheckLimit.objects.create(registered_model=iris, check_id="latency", limits={"max_p95_ms": 0.001})
    CheckLimit.objects.filter(check_id="leakage").update(enabled=False, limits={})  # the demo has one
    Slice.objects.create(registered_model=iris, name="wide", condition="petalwidth > 1")
    make_live(make_twin(iris, forests))
    rows = (FIXTURES / "evaluation.csv").read_bytes() + b"5.0,3.4,1.5,0.2,0\n"
    for role in ("training", "evaluation", "reference"):
        datasets.register(registered_model=iris, role=role, content=rows)
    httpserver.clear()
    config.API_BASE_URL = "http://127.0.0.1:9"
    again = assert_same(run)
    assert again.record.inputs.champion == live
    assert again.record.inputs.evaluation == run.evaluation_dataset


def test_limits_that_did_not_fit_fail_their_check_once_more(iris, live, strong):
    wrong = CheckLimit.objects.create(registered_model=iris, check_id="memory", limits={"gone": 1})
    run = judged(iris, strong)
    assert (run.decision, run.evidence["misfits"].keys()) == ("blocked", {"memory"})
    wrong.delete()
    assert "memory (error): " in assert_same(run).decision.reason
    (line,) = as_json("simulate_policies", "--recorded", "--limits", "memory.max_mb=600")["runs"]
    assert line["now"]["kind"] == "blocked"


def test_each_run_is_judged_at_the_look_that_it_had(iris, live, strong):
    iris.hold(by="ann", reason="a test")
    runs = [judged(iris, strong) for _ in range(3)]
    assert [assert_same(run).record.inputs.looks for run in runs] == [0, 1, 2]
    assert Look.objects.count() == 3


def test_a_flip_that_the_ledger_refused_was_a_promotion_of_the_gate(iris, live, strong):
    iris.hold(by="ann", reason="a test")
    run = judged(iris, strong)
    assert (run.decision, run.evidence["gate"]["kind"]) == ("kept", "promoted")
    assert assert_same(run).decision.kind == "promoted"


def test_what_a_person_answered_is_no_matter(iris, live, strong):
    from scheduling.approvals import approvals

    set_policy(iris, approval="by_person")
    run = judged(iris, strong)
    approvals.lapse_outdated(iris)
    type(run).objects.settle(run, decision="refused")
    assert assert_same(run).decision.kind == "awaiting_approval"


def test_the_command_says_so(iris, live, strong):
    said = command("replay_run", judged(iris, strong).pk)
    assert " 1.1 compared with 1.0 on iris evaluation (45 rows), use 1 " in said
    assert How.ON_RECORD.value in said
