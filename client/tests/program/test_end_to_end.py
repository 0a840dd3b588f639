"""The client with the real program: the demo's model, and a model of one's own."""

import json
import os
import re
import subprocess
import sys

import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from client.tests.program import pages
from mlsite.tests.processes import ROOT
from mlsite.tests.program.test_end_to_end import Program
from model_delivery import AccessDenied, Delivery, InvalidInput, NotFound
from scheduling.tests.registering.sent import make_rows

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300), pytest.mark.xdist_group("client_end_to_end")]
LATENCY_ONLY_REPORTS = """
from predictions.models import RegisteredModel
from scheduling.models import CheckLimit
iris = RegisteredModel.objects.get(name="iris")
CheckLimit.objects.create(registered_model=iris, check_id="latency", blocking=False)
"""
COLUMNS = ["sepallength", "sepalwidth", "petallength", "petalwidth"]
ROWS = pd.read_csv(ROOT / "fixtures" / "iris" / "evaluation.csv")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"sqlite:///{folder / 'db.sqlite3'}")  # one database for one program
        with Program(folder) as started:
            yield started


@pytest.fixture(scope="module")
def delivery(program):
    """A client of the demo's admin. Nothing is retrained by itself."""
    folders = {"VAR_DIR": str(program.folder / "var"), "MEDIA_ROOT": str(program.folder / "media")}

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | folders, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    manage("shell", "-v", "0", "-c", LATENCY_ONLY_REPORTS)  # other tests keep the machine busy
    token = manage("create_token", "admin")
    delivery = Delivery(f"http://127.0.0.1:{program.port}", token, quiet=True)
    for schedule in delivery._session.get("/api/schedules")["results"]:
        path = f"/api/schedules/{schedule['id']}"
        delivery._session._send("PATCH", path, b'{"enabled": false}', {"Content-Type": "application/json"})
    return delivery


@pytest.fixture(scope="module")
def iris(delivery):
    return delivery.model("iris")


def test_predictions_have_the_index_and_true_labels_find_them(iris):
    frame = ROWS[COLUMNS].set_index(pd.Index([f"row {n}" for n in range(len(ROWS))]))
    found, shares = iris.predict(frame), iris.predict_proba(frame)
    assert list(found.index) == list(shares.index) == list(frame.index)
    assert set(found) <= {0, 1, 2}
    assert list(shares.columns) == [0, 1, 2]
    assert (shares.idxmax(axis=1) == found).all()
    labels = pd.Series(ROWS["species"].to_numpy(), index=frame.index)[::-1]
    assert iris.tell(iris.last_ids, labels) == (len(ROWS), 0)
    assert iris.tell(iris.last_ids, labels) == (0, len(ROWS))
    with pytest.raises(InvalidInput) as told:
        iris.tell(iris.last_ids[:1], [7])
    assert (told.value.problems[0].field, told.value.problems[0].row) == ("label", 0)


def test_a_long_frame_is_answered_whole(iris):
    frame = pd.concat([ROWS[COLUMNS]] * 300, ignore_index=True)
    assert len(frame) > 10_000
    assert len(iris.predict(frame)) == len(frame)
    assert iris.last_ids.is_unique


def test_what_is_wrong_is_told_by_row_and_column(iris):
    frame = ROWS[COLUMNS].head(3)
    with pytest.raises(InvalidInput) as told:
        iris.predict(frame.assign(species=1))
    assert (told.value.field, "drop(" in told.value.remedy) == ("species", True)
    frame.loc[1, "petalwidth"] = None
    frame.loc[2, "sepalwidth"] = -1.0
    with pytest.raises(InvalidInput) as told:
        iris.predict(frame)
    found = [(problem.field, problem.row) for problem in told.value.problems]
    assert sorted(found) == [("petalwidth", 1), ("sepalwidth", 2)]
    with pytest.raises(InvalidInput) as told:
        iris.predict(frame[COLUMNS[:3]])
    assert told.value.field == "petalwidth"


def test_a_version_is_made_promoted_and_rolled_back(delivery, iris):
    before = iris.live
    asked = delivery._session.post("/api/runs", {"task": "retrain", "model": "iris"})
    run = delivery.wait(asked["id"])
    assert (run.status, run.decision, run.version) == ("finished", "promoted", iris.live)
    assert iris.roll_back(reason="a test").version == iris.live == before
    assert iris.promote(run.version, reason="a test").replaced == before
    assert iris.live == run.version
    assert [promotion.kind for promotion in iris.promotions(3)] == ["promote", "roll_back", "promote"]
    assert run.id in [each.id for each in iris.runs()]
    assert len(iris.predict(ROWS[COLUMNS], version=before)) == len(ROWS)
    [status] = [each for each in delivery.status() if each.model == "iris"]
    assert (status.live, status.verdict, status.verdict_run, status.held) == (
        run.version,
        "promoted",
        run.id,
        True,
    )


def test_strangers_are_told_what_they_lack(program, delivery):
    address = f"http://127.0.0.1:{program.port}"
    with pytest.raises(AccessDenied) as told:
        Delivery(address, "wrong").models()
    assert told.value.field == "token"
    with pytest.raises(AccessDenied):
        Delivery(address).model("iris").promote("1.0", reason="a test")
    with pytest.raises(NotFound):
        delivery.model("nothing")


def visits(first, last):
    """Text, gaps, a category and numbers; who complains leaves, but for one in eleven."""
    number = pd.Series(range(first, last))
    complains = number % 3 == 0
    table = pd.DataFrame(
        {
            "age": (20 + number % 50 + number / 1000).where(number % 7 != 0),
            "plan": (number % 4).map({0: "basic", 1: "family", 2: "student", 3: "premium"}),
            "note": complains.map({True: "slow and expensive", False: "all is fine"}),
        }
    )
    return table, (complains ^ (number % 11 == 0)).map({True: "yes", False: "no"}).rename("churned")


def fitted(features, labels, *, depth=30, last=None):
    last = last or HistGradientBoostingClassifier(max_iter=depth, random_state=0)
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["plan"]),
        (TfidfVectorizer(max_features=8), "note"),
        (SimpleImputer(), ["age"]) if isinstance(last, KNeighborsClassifier) else ("passthrough", ["age"]),
        sparse_threshold=0,
    )
    return make_pipeline(columns, last).fit(features, labels)


@pytest.mark.parametrize(
    ("name", "last"),
    [("boosted", LGBMClassifier(n_estimators=20, verbose=-1)), ("neighbours", KNeighborsClassifier())],
)
def test_other_libraries_and_estimators_are_served_as_they_answer(delivery, name, last):
    (features, labels), test = visits(0, 900), visits(900, 1200)
    model = fitted(features, labels, last=last)
    said = {"evaluation": test, "kinds": {"plan": "category", "note": "text"}}
    brought = delivery.register(model, name, features, labels, **said)
    if brought.live is None:  # on a busy machine
        assert brought.verdict.reason.startswith("Blocked: 1 check failed. latency:")
        brought.promote("1.0", reason="a test")
    assert brought.live == "1.0"
    assert (brought.predict(test[0]).to_numpy() == model.predict(test[0])).all()


def test_a_model_of_ones_own_goes_live_and_a_better_one_replaces_it(delivery):
    (features, labels), test = visits(0, 900), visits(900, 1500)
    said = {"evaluation": test, "kinds": {"plan": "category", "note": "text"}, "positive": "yes"}
    opposite = labels.map({"yes": "no", "no": "yes"})
    weak = fitted(features, opposite, depth=20)
    churn = delivery.register(weak, "leaving", features, labels, **said)
    assert (churn.verdict.version, churn.verdict.decision) == ("1.0", "promoted")
    assert churn.live == "1.0"
    good = fitted(features, labels, depth=30)
    churn = delivery.register(good, "leaving", features, labels, **said)
    assert (churn.verdict.version, churn.verdict.decision, churn.live) == ("1.1", "promoted", "1.1")
    assert (churn.predict(test[0]).to_numpy() == good.predict(test[0])).all()
    assert churn.predict_proba(test[0]).columns.tolist() == ["no", "yes"]
    worse = delivery.register(fitted(features, opposite, depth=10), "leaving", features, labels, **said)
    assert worse.verdict.decision in ("kept", "blocked")
    assert worse.live == "1.1"
    with pytest.raises(NotFound):
        Delivery(delivery._session.base).model("leaving")
    assert next(run for run in churn.runs()).is_over


def test_the_script_of_the_quick_start_does_what_it_says(delivery, monkeypatch, capsys):
    [script] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "quickstart.md").read_text(), re.DOTALL)
    assert len(script.splitlines()) <= 15
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MODEL_DELIVERY_URL", delivery._session.base)
    monkeypatch.setenv("MODEL_DELIVERY_TOKEN", delivery._token)
    ran: dict = {}
    exec(script.replace('"churn"', '"of-the-quick-start"'), ran)
    assert (ran["churn"].verdict.decision, ran["churn"].live) == ("promoted", "1.0"), ran[
        "churn"
    ].verdict.reason
    held_back = ran["X"][900:]
    assert (ran["churn"].predict(held_back).to_numpy() == ran["model"].predict(held_back)).all()
    assert "note" in capsys.readouterr().out


PAGE = (ROOT / "docs" / "register.md").read_text()
BUSY = "latency:"  # what blocks a model on a busy machine


@pytest.fixture
def reader(tmp_path, program, delivery, monkeypatch):
    """Somebody with the files of the page: two of rows, two fitted models."""
    train, test = make_rows(), make_rows(80, seed=1)
    monkeypatch.chdir(tmp_path)
    files = {"train": train, "test": test, "newer": make_rows(90, seed=2)}
    for name, rows in files.items():
        rows.to_csv(f"{name}.csv", index=False)
    [script] = pages.blocks(PAGE, "python")
    known = {"train": train, "make_pipeline": make_pipeline, "StandardScaler": StandardScaler}
    exec(script, known | {"LogisticRegression": LogisticRegression})
    exec(
        script.replace("churn.skops", "next.skops"),
        known | {"LogisticRegression": lambda: LogisticRegression(C=0.5)},
    )
    return pages.Reader(tmp_path, program, delivery._token)


def test_the_commands_of_the_page_do_and_print_what_it_says(reader):
    [(command, printed)] = pages.commands(pages.section(PAGE, "By command"))
    lines, code = reader.do(command)
    is_busy = any(BUSY in line for line in lines)
    expected = [line for line in pages.as_on_the_page(printed) if not (is_busy and "Promoted" in line)]
    assert [line for line in expected if line not in lines] == []
    assert code == (1 if is_busy else 0)

    rows = make_rows().assign(stars=[1, 2, 3, 4] * 30)
    for name in ("train", "test"):
        rows.to_csv(f"{name}.csv", index=False)
    asked, code = reader.do(command, churn="asked")
    [refused] = pages.blocks(pages.section(PAGE, "What is asked back"), "text")
    assert (asked[-2:], code) == (pages.as_on_the_page(refused), 2)  # after a line of the log


def test_the_requests_of_the_page_do_what_it_says(reader):
    [(command, printed)] = pages.commands(pages.section(PAGE, "By REST"))
    [answer], code = reader.do(command, churn="leaving-too")
    told, shown = json.loads(answer), json.loads(printed.replace("{…}", "{}"))
    assert (code, told["version"], told["notes"]) == (0, "1.0", shown["notes"])
    assert told.keys() == shown.keys()
    assert told["decision"] == "promoted" or BUSY in told["reason"]

    for command, _ in pages.commands(pages.section(PAGE, "The next version")):
        lines, code = reader.do(command, churn="leaving-too")
        assert code in (0, 1), lines
        if command.startswith("curl"):
            assert "errors" not in json.loads(lines[0])
