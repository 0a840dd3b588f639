"""The apps read Django's own settings, and of their own the keys of `MODEL_DELIVERY` alone."""

import ast
import re
from pathlib import Path

from django.conf import global_settings

from predictions.conf.problems import KEYS

ROOT = Path(__file__).resolve().parents[3]
SET_BY_EVERY_PROJECT = {"ROOT_URLCONF"}


FILES = [
    path
    for room in ("predictions", "scheduling", "mlsite")
    for path in sorted((ROOT / room).rglob("*.py"))
    if not {"tests", "migrations", "conf"} & set(path.relative_to(ROOT).parts)
]


def test_settings_are_djangos_own():
    known = set(dir(global_settings)) - set(KEYS) | SET_BY_EVERY_PROJECT
    found = {
        (node.attr, path.relative_to(ROOT).as_posix())
        for path in FILES
        if "mlsite" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "settings"
    }
    assert {(name, path) for name, path in found if name.isupper() and name not in known} == set()


def test_every_key_is_read_by_somebody():
    words = set(re.findall(r"\b[A-Z_]+\b", "".join(path.read_text() for path in FILES)))
    assert set(KEYS) <= words


def test_tests_change_keys_by_the_fixture_config():
    key = re.compile(rf"\bsettings\.({'|'.join(KEYS)})\b")
    tests = [path for path in ROOT.glob("*/**/tests/**/*.py") if path.parent != Path(__file__).parent]
    assert len(tests) > 300
    assert {path.name: key.findall(path.read_text()) for path in tests if key.search(path.read_text())} == {}
