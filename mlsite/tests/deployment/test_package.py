"""The package: one version everywhere, and a wheel with every file of both apps and no other."""

import re
import subprocess
import sys
import tomllib
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from mlsite.tests.matrix.cells import CELLS, TESTS
from mlsite.tests.processes import ROOT
from predictions import __version__
from predictions.paths import path_of

APPS = ("predictions", "scheduling")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
GROUPS = ("web", "work", "boosters", "optuna", "dask")
LINES = "".join((ROOT / f"requirements/{group}.in").read_text() for group in GROUPS)
PINNED = dict(re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", LINES, re.MULTILINE))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    argv = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(argv, capture_output=True, text=True, timeout=120)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.iterdir()
    return path


@pytest.mark.django_db
def test_the_version_is_the_same_in_the_schema_and_the_changelog(client):
    assert client.get(path_of("schema")).json()["info"]["version"] == __version__
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert next(heading for heading in headings if heading != "Unreleased") == __version__


def test_the_reference_deployment_pins_versions_that_the_package_allows():
    wanted = [*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(PINNED[requirement.name]), requirement


def test_the_matrix_has_each_python_and_django_that_the_package_names():
    told = "\n".join(PROJECT["classifiers"])
    assert {cell.python for cell in CELLS} == set(re.findall(r"Python :: (3\.\d+)", told))
    assert {cell.django for cell in CELLS} == set(re.findall(r"Django :: (\d\.\d)", told))
    assert [path for path in TESTS if not (ROOT / path).exists()] == []


@pytest.mark.end_to_end
def test_the_wheel_has_every_file_of_both_apps_and_no_other(wheel):
    there = {name for name in ZipFile(wheel).namelist() if not name.split("/")[0].endswith(".dist-info")}
    assert there == {path.relative_to(ROOT).as_posix() for app in APPS for path in files_of(ROOT / app)}
    assert {f"{app}/py.typed" for app in APPS} <= there


def files_of(folder):
    """Every file but tests and what Python has compiled."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if not {"tests", "__pycache__"} & set(path.relative_to(folder).parts)]


@pytest.mark.end_to_end
def test_the_wheel_names_its_licence_versions_and_extras(wheel):
    (name,) = [name for name in ZipFile(wheel).namelist() if name.endswith("METADATA")]
    told = ZipFile(wheel).read(name).decode()
    assert f"\nVersion: {__version__}\n" in told
    assert "\nLicense-Expression: BSD-3-Clause\n" in told
    assert set(re.findall(r"^Provides-Extra: (\S+)", told, re.MULTILINE)) == set(EXTRAS)
