"""Training code of one's own: its candidate goes the way of any; whatever else it does is a sentence."""

import os

import pytest
from django.core.management import call_command

from predictions.models import ModelVersion
from predictions.registry.datasets import Tables
from predictions.registry.refusals import NotCompilable
from scheduling.models import Recipe, Run, TrainingOutput
from scheduling.models.run import FITTING
from scheduling.tests.run_factory import EPOCH, make_running
from scheduling.tests.training import some_trainers
from scheduling.training.own_code import trainer
from scheduling.training.own_code.calling import libraries_of
from scheduling.training.own_code.process import called
from scheduling.training.refusals import TrainingFailed
from scheduling.training.reporting import report_of
from scheduling.training.training import train_candidate


@pytest.fixture
def model(iris, config):
    """A model whose recipe is code of one's own."""
    names = [name for name in vars(some_trainers) if not name.startswith("_")]
    config.TRAINERS = {name: f"{some_trainers.__name__}:{name}" for name in names} | {
        "gone": "no_such_package.code:train", "no_function": f"{some_trainers.__name__}:nobody",
    }  # fmt: skip
    return iris


@pytest.fixture
def here(monkeypatch):
    """Call the code in this process: starting another takes seconds."""

    def call(folder, job, name):
        with open(os.devnull, "wb") as nowhere:
            return called(folder, nowhere.fileno())

    monkeypatch.setattr(trainer, "_call", call)


def train(model, name):
    """The candidate, and the run it was trained in."""
    Recipe.objects.update(kind="trainer", trainer=name, estimator="", parameters={}, name_template="")
    run = make_running(model)
    version = train_candidate(model, run=run.pk, tables=Tables(), report=report_of(run))
    run.refresh_from_db()
    return version, run


def refused(model, name, error=TrainingFailed):
    with pytest.raises(error) as caught:
        train(model, name)
    assert not ModelVersion.objects.filter(source="trained").exists()
    return caught.value


def test_its_estimator_is_a_candidate(model, here, weak):
    version, run = train(model, "good")
    assert (version.name, version.source, version.rung) == (f"good-{run.pk}", "trained", "onnx_64")
    assert version.params["random_state"] == run.pk
    assert version.training_dataset == model.datasets.get(role="training")
    assert version.libraries["scikit-learn"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none", "None"), ("not_stored", "stored"), ("not_loaded", "loaded"), ("raising", "KeyError"),
        ("bad_log", "ValueError"), ("exiting", "sys.exit"), ("gone", "no_such_package"),
        ("no_function", "nobody"),
    ],
)  # fmt: skip
def test_what_is_no_model_is_a_sentence_with_its_name(model, here, name, said):
    error = refused(model, name)
    assert said in str(error)
    assert f"trainer {name} " in str(error)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("unfitted", "not_fitted"), ("regressor", "other_kind"), ("other_features", "other_columns"),
        ("other_labels", "other_labels"), ("no_model", "no_predictions"),
    ],
)  # fmt: skip
def test_a_model_of_something_else_is_refused_as_any(model, here, name, code):
    assert refused(model, name, NotCompilable).code == code


def test_the_traceback_begins_with_its_last_line_and_the_sentence_quotes_no_value(model, here):
    error = refused(model, "raising")
    assert "some_trainers.py, line" in str(error)
    told = error.__notes__[0].splitlines()
    assert told[0].startswith("KeyError: ")
    assert told[2].startswith("Traceback")
    assert told[0].partition(": ")[2] not in str(error)


def test_an_error_without_a_text_is_told_by_its_kind(model, here):
    assert "raised Unspeakable" in str(refused(model, "unspeakable"))


def test_characters_that_no_database_holds_are_replaced(model):
    columns = {"kind": "trainer", "trainer": "strange_texts", "estimator": "", "name_template": ""}
    Recipe.objects.update(parameters={}, **columns)
    run = make_running(model, task="retrain")
    call_command("runjob", str(run.pk), epoch=EPOCH)
    run.refresh_from_db()
    assert (run.status, run.notes) == (Run.Status.FAILED, ["nul \ufffd half \ufffd"])
    assert "raised ValueError" in run.reason
    kept = TrainingOutput.objects.get(run=run)
    assert (kept.text, kept.metrics) == ("nul \ufffd", [{"nul \ufffd half \ufffd": 1.0}])


def test_it_is_told_what_it_has_to_know(model, here, live, monkeypatch):
    seen = []
    monkeypatch.setattr(some_trainers, "good", lambda frame, context: seen.append((frame, context)))
    refused(model, "good")
    frame, context = seen[0]
    assert list(frame.columns) == [*some_trainers.FEATURES, "species"]
    contract = context.signature
    assert (contract.task, contract.output, contract.labels) == ("classification", "species", (0, 1, 2))
    assert contract.kinds == dict.fromkeys(some_trainers.FEATURES, "float")
    assert (context.window, context.champion) == (None, "1.0")
    assert context.champion_parameters["n_estimators"] == live.params["n_estimators"]
    assert context.seed == context.run


def test_the_packages_that_it_needs_are_known():
    from sklearn.linear_model import Ridge

    assert libraries_of("joblib.memory:Memory", Ridge()).keys() == {"joblib", "scikit-learn"}


def test_what_it_does_to_its_process_stays_there_and_what_it_prints_is_kept(model):
    version, run = train(model, "noisy")
    assert version.source == "trained"
    output = TrainingOutput.objects.get(run=run)
    assert output.is_cut
    assert 200_000 < output.printed < 202_000
    assert len(output.text.encode()) <= 64 * 2**10 + 100
    told = output.text.split("x\n")[1].splitlines()
    assert told[:3] == ["by Python", "by C: \ufffd\ufffd", "by another"]
    assert "UserWarning" in told[3]
    assert output.metrics == [{"accuracy": 0.9, "rows": 105.0}]
    assert run.notes == ["Few rows of one kind."]


def test_its_progress_is_the_step_of_the_run(model):
    run = make_running(model)
    report_of(run).progress(0.4, "fold 2 of 5")
    run.refresh_from_db()
    assert (run.step.startswith(FITTING), run.step[-16:]) == (True, "40%, fold 2 of 5")
    report_of(run).progress(1, "a" * 100)
    run.refresh_from_db()
    assert len(run.step) == 60


def test_a_process_that_ends_leaves_what_it_had_printed(model, config):
    error = refused(model, "exiting_at_once")
    assert "exit code 3" in str(error)
    assert TrainingOutput.objects.get().text == "before the end\n"
    assert list((config.MEDIA_ROOT / "drafts").iterdir()) == []


def test_of_a_model_with_redacted_features_no_output_is_kept(model):
    model.redacted_features = ["sepallength"]
    model.save()
    refused(model, "exiting_at_once")
    output = TrainingOutput.objects.get()
    assert (output.text, output.printed) == ("", 15)


def test_a_process_that_hangs_is_stopped_at_the_limit_of_the_fit(model, config):
    config.FIT_TIME_LIMIT_SECONDS = 3
    assert "FIT_TIME_LIMIT_SECONDS" in str(refused(model, "hanging"))


def test_memory_is_limited(model, config):
    config.CHILD_MEMORY_MB = 2048
    error = refused(model, "hungry")
    assert all(said in str(error) for said in ("2,048 MB", "CHILD_MEMORY_MB"))


def test_a_process_that_it_forked_does_not_come_back(model):
    assert train(model, "forking")[0].source == "trained"
