"""Registering the next model: its data are there already, or are added first."""

from client.tests.registering.answers import DONE, KNOWN, X, Y, answer, known_data, sent


def test_fresh_data_alone_for_a_model_that_is_there(httpserver, delivery, asked):
    known_data(httpserver, {"training": "other"})
    answer(httpserver, {"run": 3}, path=KNOWN)
    delivery.register(None, "churn", X, Y)
    assert [path for method, path in asked() if method == "POST"] == [KNOWN]


def sha256_of_rows():
    from model_delivery.delivery import _labelled
    from model_delivery.tables.files import as_file

    return as_file(_labelled(X, Y, "churned", "X"), "training").sha256


def test_the_next_model_is_a_version_trained_on_the_data_that_are_there(httpserver, register, asked):
    known_data(httpserver, {"training": sha256_of_rows(), "evaluation": sha256_of_rows()})
    answer(httpserver, DONE | {"version": "1.1", "decision": "kept"}, path="/api/models/churn/versions")
    churn = register(version_name="second")
    [(form, files)] = sent(httpserver, "/api/models/churn/versions")
    assert form.to_dict() == {"name": "second", "trained_on": sha256_of_rows()}
    assert list(files) == ["file"]
    assert [method for method, _ in asked()] == ["GET", "POST"]
    assert (churn.verdict.version, churn.verdict.decision) == ("1.1", "kept")


def test_new_data_are_added_before_the_version(httpserver, register, asked):
    known_data(httpserver, {"training": "other", "evaluation": sha256_of_rows()})
    answer(httpserver, {"run": 3}, path=KNOWN)
    answer(httpserver, DONE, path="/api/models/churn/versions")
    register()
    [(form, files)] = sent(httpserver, KNOWN)
    assert (form["role"], list(files)) == ("training", ["file"])
    assert [path for method, path in asked() if method == "POST"] == [KNOWN, "/api/models/churn/versions"]


def test_data_that_are_there_already_may_be_answered_by_200(httpserver, register):
    known_data(httpserver, {"training": "other"})
    answer(httpserver, {"run": None}, status=200, path=KNOWN)
    answer(httpserver, DONE | {"run": None}, status=200, path="/api/models/churn/versions")
    assert register().verdict.version == "1.0"
