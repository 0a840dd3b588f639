"""One thing has one word in all that people read. The API, the database and the code keep their names."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import flatten, label_for_field

from mlsite.tests.sentences import TAGS, files, of_code

OURS = ("predictions", "scheduling")
# What nobody should read, and the word instead.
WORDS = {
    r"\bchampion": "live version",
    r"\bchallenger": "candidate",
    r"\bflip(s|ped|ping)?\b": "promotion, promote",
    r"\b(mak(e|es|ing)|made|puts?)\b( [^\s.,:;]+){1,5} live\b(?! (version|one))": "promote",
    r"\bputs? (nothing|it|…) back by itself|\bputs (nothing|…) back|\btaken back\b": "roll back",
    r"\breturn to (the one that|…)": "promote again",
    r"\b(a|an|the|by|each|no|and not|automatic) roll[- ]backs?\b|\broll[- ]backs\b|\(roll back\)": "rollback",
    r"\bgates?\b": "the program (who decides), decision (what it decides)",
    r"\b(a|the|under|lifts?|sets?) hold\b(?!-)|\bholds? the model\b|\bheld model": "pause",
    r"\brungs?\b": "form",
    r"\bworn\b|\bwears?\b": "used up",
    r"\bbake[sd]?\b|\bbaking\b": "watch, watched for so many minutes",
}
BANNED = {re.compile(pattern, re.IGNORECASE): instead for pattern, instead in WORDS.items()}
SHOWN = re.compile(r'\b(?:title|value|data-name|aria-label|alt|placeholder)="([^"]*)"')
CODE = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)|<[^>]*>|\b[\w/.-]+\.(?:md|py)\b", re.DOTALL)
PUT_IN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{.*?\}")


def broken(text: str) -> list[str]:
    """Each use of a word that another one stands for, with that one. What is put in counts as one word."""
    bare = " ".join(PUT_IN.sub("…", text).split())
    return [
        f"“{bare[max(0, one.start() - 30) : one.end() + 30]}”: say {instead}"
        for pattern, instead in BANNED.items()
        for one in pattern.finditer(bare)
    ]


def read_of_code() -> Iterator[tuple[str, str]]:
    """From two words on: headings too, and not only sentences."""
    for path in files():
        if path.suffix == ".py":
            yield from ((path.name, one) for one in of_code(path, least=2))


def read_of_pages() -> Iterator[tuple[str, str]]:
    for path in files():
        if path.suffix == ".html":
            text = PUT_IN.sub("…", path.read_text())
            for one in (*SHOWN.findall(text), *TAGS.sub("\n", text).splitlines()):
                yield path.name, one


def read_of_models() -> Iterator[tuple[str, str]]:
    """Names, help and choices of fields; the headings of the admin's lists and forms."""
    for model in (model for app in OURS for model in apps.get_app_config(app).get_models()):
        for field in model._meta.fields:
            choices = " / ".join(str(words) for _, words in field.flatchoices)
            told = f"{field.verbose_name} / {field.help_text} / {choices}"
            yield f"{model.__name__}.{field.name}", told
        yield model.__name__, " / ".join(words for _, words in model._meta.permissions)
    for model, of_admin in admin.site._registry.items():
        if model._meta.app_label in OURS:
            for name in {*flatten(of_admin.fields or ()), *of_admin.list_display} - {"__str__"}:
                form = getattr(of_admin, "form", None)
                if name not in getattr(form, "declared_fields", {}):
                    yield f"{model.__name__}.{name}", str(label_for_field(name, model, of_admin))


def read_of_docs() -> Iterator[tuple[str, str]]:
    """All but the benchmarks, whose tables are printed, the decisions, and the history of changes."""
    for pattern in ("docs/*.md", "client/*.md", "examples/*/*.md", "*.md"):
        for path in settings.BASE_DIR.glob(pattern):
            if path.name != "CHANGELOG.md":
                yield path.name, CODE.sub("…", path.read_text())


@pytest.mark.parametrize("read", [read_of_code, read_of_pages, read_of_models, read_of_docs])
def test_one_thing_has_one_word(read):
    assert [f"{where}: {what}" for where, text in read() for what in broken(text)] == []


@pytest.mark.parametrize(
    ("text", "is_broken"),
    [
        ("Make {{ label }} live…", True),
        ("It puts {label} back if it gets worse.", True),
        ("The champion stays.", True),
        ("by a roll back", True),
        ("Roll back to {label}…", False),
        ("{run.champion.label} goes live.", False),
        ("Put it back from a backup.", False),
    ],
)
def test_what_is_looked_for_is_found(text, is_broken):
    assert bool(broken(text)) is is_broken
