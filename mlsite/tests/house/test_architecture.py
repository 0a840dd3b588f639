"""The rooms of the house: who may import whom."""

import ast
from graphlib import TopologicalSorter

import grimp
import pytest
from importlinter.cli import lint_imports

from mlsite.tests.processes import ROOT

APPS = ("mlsite", "predictions", "scheduling")
# What works on graphs may import onnx at its top: test_web_process shows that no web worker comes there.
ABOUT_ONNX = ("predictions/registry/converting/", "predictions/registry/given/")
FOR_TRAINING = {"sklearn", "pandas", "scipy", "joblib", "skops", "skl2onnx", "onnx", "pandera"}


def modules():
    """Every module of ours but tests and migrations, by its path from the root."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts):
                yield path.relative_to(ROOT).as_posix()


def imported(node):
    """The top-level packages that one statement imports."""
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return {(node.module or "").split(".")[0]}
    return set()


def packages_of(path, *, at_import):
    """What a module imports: anywhere, or as soon as it is imported itself."""
    tree = ast.parse((ROOT / path).read_text())
    nodes = _run_at_import(tree) if at_import else ast.walk(tree)
    return set().union(*map(imported, nodes))


def _run_at_import(node):
    """Statements outside of functions and of `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _run_at_import(child)


def test_the_contracts_of_the_linter_are_kept(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    # It would silence every logger of this process, and with them the tests that come after.
    monkeypatch.setattr("importlinter.cli._configure_logging", lambda verbose: None)
    failed = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert not failed, capsys.readouterr().out


def test_no_modules_import_one_another_in_a_circle():
    """The linter compares the modules of one folder; this also sees a folder's own `__init__`."""
    graph = grimp.build_graph(*APPS, exclude_type_checking_imports=False, cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    TopologicalSorter(imports).prepare()  # raises `CycleError`, which names the modules


def test_only_the_job_store_imports_the_schedulers_tables():
    importers = {p for p in modules() if "django_apscheduler" in packages_of(p, at_import=False)}
    assert importers == {"scheduling/engine/job_store.py"}


def test_only_one_module_chooses_a_database():
    """`transaction` and `connection` of Django mean `default`, where our tables need not be."""
    guilty = set()
    for path in (p for p in modules() if p.startswith(("predictions/", "scheduling/"))):
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "django.db":
                names = {alias.name for alias in node.names}
                guilty |= {path} if names & {"transaction", "connection"} else set()
    # The second keeps its views out of ATOMIC_REQUESTS, in every database.
    assert guilty == {"predictions/database.py", "predictions/api/defaults.py"}


def test_predictions_knows_nothing_of_scheduling():
    """Also in tests, where the linter would say the same, and by the name of a table or a path."""
    for path in sorted((ROOT / "predictions").rglob("*.py")):
        assert "scheduling" not in packages_of(path.relative_to(ROOT), at_import=False), path
        if "tests" not in path.parts:
            assert "scheduling" not in path.read_text(), path


def test_no_module_of_predictions_imports_a_training_library_as_it_is_imported():
    guilty = {
        path
        for path in modules()
        if path.startswith(("predictions/", "mlsite/")) and FOR_TRAINING & packages_of(path, at_import=True)
    }
    assert {path for path in guilty if not path.startswith(ABOUT_ONNX)} == set()


@pytest.mark.parametrize("app", APPS)
def test_every_module_says_what_a_reader_finds_there(app):
    silent = [
        path
        for path in modules()
        if path.startswith(app) and not ast.get_docstring(ast.parse((ROOT / path).read_text()))
    ]
    assert silent == []


def test_no_file_is_called_for_what_it_is_not():
    names = {path.rsplit("/", 1)[-1] for path in modules()}
    assert names.isdisjoint({"utils.py", "helpers.py", "services.py", "common.py", "signals.py"})
