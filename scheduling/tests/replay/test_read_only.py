"""Looking back changes nothing: no row, no file, no look, no promotion."""

import pytest
from django.apps import apps
from django.db import connection, transaction

from predictions.models import Promotion, RegisteredModel
from scheduling.models import GatePolicy
from scheduling.replay.guards import WriteRefused, read_only
from scheduling.tests.replay.replays import command, judged

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]


def everything(config):
    rows = {model._meta.label: list(model.objects.order_by("pk").values()) for model in apps.get_models()}
    files = {path: path.read_bytes() for path in config.MEDIA_ROOT.rglob("*") if path.is_file()}
    return rows, files


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay_run", "{run}"],
        ["replay_run", "{run}", "--rehearse"],
        [
            "simulate_policies",
            "--recorded",
            "--policy",
            "promote_when=not_worse",
            "--policy",
            "group_column=x",
        ],
    ],
)
def test_rows_and_files_are_what_they_were(iris, live, strong, config, arguments):
    iris.policy.delete()  # then the defaults hold, and no row is made of them
    run = judged(iris, strong)
    assert not GatePolicy.objects.exists()
    before = everything(config)
    statements = []

    def listen(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        command(*(argument.format(run=run.pk) for argument in arguments))
    assert everything(config) == before
    assert statements
    assert all(sql.startswith("SELECT") for sql in statements)


@pytest.mark.parametrize(
    "write",
    [
        lambda model: RegisteredModel.objects.create(name="other", title="Other", public=True),
        lambda model: RegisteredModel.objects.update(title="Other"),
        lambda model: Promotion.objects.filter(pk=0).delete() or model.policy.delete(),
        lambda model: list(RegisteredModel.objects.select_for_update().filter(pk=model.pk)),
    ],
    ids=["insert", "update", "delete", "lock"],
)
def test_the_guard_lets_nothing_by(iris, write):
    if write.__code__.co_names.count("select_for_update") and not connection.features.has_select_for_update:
        pytest.skip("SQLite locks no rows")
    with read_only(), pytest.raises(WriteRefused), transaction.atomic():
        write(iris)
