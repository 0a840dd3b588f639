"""No error of ours takes the words of a library's error into its text: they may quote a cell of data.

The text of an error of ours is told to everybody; `predictions.contract.error_texts` says what is of others'.
"""

import ast
import builtins

import pytest
from django.conf import settings

ROOMS = ("mlsite", "predictions", "scheduling")
# Where no row of data is in reach, by file: what the words are about.
ALLOWED = {
    "scheduling/sources/kinds/postgresql.py": "the text of a query",
    "scheduling/sources/kinds/sqlite.py": "the text of a query",
    "mlsite/settings.py": "a folder",
    "predictions/api/open_inference/inputs.py": "the types of a request, told to who sent it",
    "predictions/api/open_inference/tensors.py": "the types of a request, told to who sent it",
    "predictions/log/records.py": "the types of a line",
    "predictions/log/request_lines.py": "the types of a line",
    "predictions/log/ingester.py": "put on, and told by its kind",
    "predictions/log/spool.py": "a folder",
    "predictions/management/commands/ingest_predictions.py": "a folder, the connection to the database",
    "predictions/serving/serving.py": "a signed file",
    "scheduling/checks/base.py": "a limit",
    "scheduling/engine/job_store.py": "the connection to the database",
    "scheduling/engine/supervisor.py": "the connection to the database",
    "scheduling/management/commands/runapscheduler.py": "the connection to the database",
    "scheduling/management/commands/runjob.py": "the connection to the database",
    "scheduling/evidence/provenance.py": "the types of a kept row",
    "scheduling/evidence/rehearsed.py": "the types of a kept file",
    "scheduling/management/commands/runwatch.py": "the connection to the database",
    "scheduling/models/setup/recipe.py": "a template that somebody typed",
    "scheduling/models/schedule.py": "a trigger that somebody typed",
    "scheduling/checks/api_health.py": "kept in the details, for few",
    "scheduling/replay/record.py": "the types of a kept row",
    "scheduling/simulation/report/schema.py": "the types of a kept row",
    "scheduling/replay/replaying.py": "told in a terminal, and not where features are redacted",
    "scheduling/training/by_recipe.py": "parameters of a recipe",
    "scheduling/training/fitting.py": "parameters of a recipe",
}


def sources():
    for room in ROOMS:
        for path in sorted((settings.BASE_DIR / room).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.parts):
                yield path


def names_of_ours():
    """The errors that are defined here."""
    trees = [ast.parse(path.read_text()) for path in sources()]
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def is_foreign(caught, ours):
    """Whether a handler may catch an error of others; a name that is a constant may be anything."""
    if caught is None:
        return True
    every = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    names = [one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in every]
    return not set(names) <= ours


def quotes(handler):
    """Whether the error that it caught is put into a text, or made one."""
    for node in ast.walk(handler):
        if isinstance(node, ast.FormattedValue) and _is(node.value, handler.name):
            return True
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_call and node.func.id in ("str", "repr") and any(_is(one, handler.name) for one in node.args):
            return True
    return False


def _is(node, name):
    return isinstance(node, ast.Name) and node.id == name


def quoting(text, ours):
    """The lines of handlers that quote an error of others."""
    nodes = list(ast.walk(ast.parse(text)))
    imported = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] not in ROOMS
        for alias in node.names
    }
    handlers = [node for node in nodes if isinstance(node, ast.ExceptHandler) and node.name]
    return [one.lineno for one in handlers if is_foreign(one.type, ours - imported) and quotes(one)]


def test_no_error_of_others_is_quoted():
    ours = names_of_ours() - set(dir(builtins))
    found = {}
    for path in sources():
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if name not in ALLOWED and (lines := quoting(path.read_text(), ours)):
            found[name] = lines
    assert found == {}, "tell its kind by predictions.contract.error_texts, and raise from it"


@pytest.mark.parametrize(
    ("handler", "found"),
    [
        ("except ValueError as error:\n    raise Ours(f'no: {error}')", True),
        ("except ValueError as error:\n    raise Ours(f'no: {error!r}')", True),
        ("except (Ours, ValueError) as error:\n    raise Ours(str(error))", True),
        ("except ValueError as error:\n    raise Ours(f'no: {kind_of(error)}') from error", False),
        ("except Ours as error:\n    raise Ours(f'no: {error}')", False),
        ("except ValueError as error:\n    raise Ours('no') from error", False),
    ],
)
def test_what_is_looked_for_is_found(handler, found):
    assert bool(quoting(f"try:\n    pass\n{handler}", {"Ours"})) is found
