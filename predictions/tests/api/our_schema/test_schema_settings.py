"""Our schema has settings of its own, and the project's schema keeps the project's, at the same time."""

import json
from threading import Thread

import pytest
from drf_spectacular.settings import patched_settings, spectacular_settings

from predictions.api.our_schema.settings import SCHEMA_SETTINGS, schema_settings

OURS = SCHEMA_SETTINGS["TITLE"]


def title_elsewhere():
    """As another request reads it meanwhile."""
    read = []
    thread = Thread(target=lambda: read.append(spectacular_settings.TITLE))
    thread.start()
    thread.join(10)
    return read[0]


def test_another_thread_reads_the_projects_settings_meanwhile(monkeypatch):
    monkeypatch.setattr(spectacular_settings, "TITLE", "The shop")
    with schema_settings():
        assert (spectacular_settings.TITLE, title_elsewhere()) == (OURS, "The shop")
    assert spectacular_settings.TITLE == "The shop"


def test_a_view_of_the_project_with_settings_of_its_own_disturbs_neither():
    before = spectacular_settings.TITLE
    with patched_settings({"TITLE": "The shop's second API"}):
        with schema_settings():
            assert (spectacular_settings.TITLE, title_elsewhere()) == (OURS, "The shop's second API")
        assert spectacular_settings.TITLE == "The shop's second API"
    assert spectacular_settings.TITLE == before


@pytest.mark.django_db
def test_what_the_project_wants_of_its_own_schema_does_not_change_ours(client, monkeypatch):
    before = json.loads(client.get("/schema").content)
    for name, value in (
        ("TITLE", "The shop"), ("CAMELIZE_NAMES", True), ("COMPONENT_SPLIT_REQUEST", True),
        ("SCHEMA_PATH_PREFIX_INSERT", "/shop"),
    ):  # fmt: skip
        monkeypatch.setattr(spectacular_settings, name, value)
    assert json.loads(client.get("/schema").content) == before
