"""The package: what it imports, and what its wheel holds."""

import ast
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

CLIENT = Path(__file__).resolve().parent.parent
SOURCE = CLIENT / "src" / "model_delivery"
ALWAYS = {"model_delivery", "rich", "skops", "urllib3"}
IF_PRESENT = {"pandas", "pyarrow"}


def imported(node):
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    return {node.module.partition(".")[0]} if isinstance(node, ast.ImportFrom) and node.module else set()


def packages(nodes):
    return set().union(*map(imported, nodes)) - set(sys.stdlib_module_names)


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_imports_what_the_package_needs_and_says_what_it_is_for(path):
    tree = ast.parse(path.read_text())
    assert packages(tree.body) <= ALWAYS
    assert packages(ast.walk(tree)) <= ALWAYS | IF_PRESENT
    assert ast.get_docstring(tree)


def test_the_contracts_of_the_linter_are_kept(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(CLIENT / "src"))
    monkeypatch.setattr("importlinter.cli._configure_logging", lambda verbose: None)
    failed = lint_imports(config_filename=str(CLIENT / "pyproject.toml"), no_cache=True)
    assert not failed, capsys.readouterr().out


def test_it_works_without_pandas_and_pyarrow():
    code = "import sys; sys.modules |= dict.fromkeys(['pandas', 'pyarrow']); import model_delivery.command"
    subprocess.run([sys.executable, "-c", code], cwd=CLIENT / "src", check=True, timeout=60)


def test_the_dependencies_are_those_that_are_imported():
    project = tomllib.loads((CLIENT / "pyproject.toml").read_text())["project"]
    named = {requirement.partition(">=")[0] for requirement in project["dependencies"]}
    assert named == ALWAYS - {"model_delivery"}
    assert {r.partition(">=")[0] for r in project["optional-dependencies"]["frames"]} == IF_PRESENT


def test_the_wheel_holds_the_package_its_types_and_its_command(tmp_path):
    uv = shutil.which("uv", path=str(CLIENT.parent / ".venv" / "uv" / "bin")) or shutil.which("uv")
    if uv is None:
        pytest.skip("uv, which `make` installs, builds it without the network")
    shutil.copytree(CLIENT, tmp_path / "client", ignore=shutil.ignore_patterns("__pycache__", "tests"))
    build = [uv, "build", "--wheel", "--offline", "--out-dir", str(tmp_path), str(tmp_path / "client")]
    subprocess.run(build, check=True, timeout=60, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        [entry] = [name for name in names if name.endswith("entry_points.txt")]
        assert "delivery = model_delivery.command:main" in archive.read(entry).decode()
    modules = {path.relative_to(SOURCE.parent).as_posix() for path in SOURCE.rglob("*.py")}
    held = {name for name in names if ".dist-info/" not in name and not name.endswith("/")}
    assert held == modules | {"model_delivery/py.typed"}
