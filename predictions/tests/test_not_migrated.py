"""A database without tables, or with old ones: one sentence at the first request or command."""

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, OperationalError, ProgrammingError, connection

from predictions import database
from predictions.models import ModelVersion, RegisteredModel
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.tests.factories import without_table

pytestmark = pytest.mark.django_db
UNKNOWN = ("SELECT 1 FROM no_table_of_ours", "SELECT no_column FROM predictions_registeredmodel")


@pytest.fixture
def _without_tables(monkeypatch):
    """As before the first `migrate`: the statements that name a table of ours name one that is not there."""
    for model in (RegisteredModel, ModelVersion):
        without_table(model, monkeypatch)


@pytest.mark.parametrize("statement", UNKNOWN)
def test_it_is_told_from_other_errors(statement):
    with pytest.raises(Error) as failed, connection.cursor() as cursor:
        cursor.execute(statement)
    assert database.lacks_migrations(failed.value)
    assert database.why(failed.value).endswith("manage.py migrate")


def test_other_errors_are_themselves():
    with pytest.raises(Error) as failed, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM FROM")
    assert not database.lacks_migrations(failed.value)


@pytest.mark.usefixtures("_without_tables")
def test_a_request_names_the_command(client):
    reply = client.get("/api/models/iris")
    assert (reply.status_code, reply.json()["code"]) == (503, "database_not_migrated")


@pytest.mark.usefixtures("_without_tables")
def test_a_command_names_the_command():
    with pytest.raises(CommandError, match=r"manage\.py migrate"):
        call_command("retrain", "iris")


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (OperationalError("refused\nIs it running?"), CommandError),
        (ProgrammingError("a bug"), ProgrammingError),
    ],
)
def test_a_command_without_a_database_ends_with_a_sentence_and_with_a_bug_as_one(error, becomes):
    def refuse(execute, sql, params, many, context):
        raise error

    with connection.execute_wrapper(refuse), pytest.raises(becomes) as ended:
        call_command("retrain", "iris")
    assert "Is it running" not in str(ended.value)


@pytest.mark.usefixtures("_without_tables")
def test_a_worker_waits(caplog):
    Follower().step()
    assert serving.current().database_away
    assert "manage.py migrate" in caplog.text
