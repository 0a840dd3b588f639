"""A wrong `MODEL_DELIVERY` is told by `manage.py check`: key, value, remedy. Nothing breaks before."""

import io

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from predictions.conf import Config
from predictions.conf.problems import KEYS, problems

LINE = "\n"
WRONG = [
    ("VAR_DIR", 5, "E022"), ("VAR_DIR", "", "E023"), ("MEDIA_ROOT", 5.0, "E022"),
    ("SPOOL_MAX_MB", 7, "E023"),
    ("MAX_ROWS", "5", "E022"), ("MAX_ROWS", 0, "E023"), ("MAX_ROWS", True, "E022"), ("MAX_ROWS", 5.0, "E022"),
    ("TOKEN_DAYS", 3651, "E023"), ("LEASE_SECONDS", 3601, "E023"), ("LEASE_SECONDS", 1, "E023"),
    ("FAST_LANE", 1, "E022"), ("FAST_LANE", "false", "E022"), ("METRICS_TOKEN", "short", "E023"),
    ("RATE_LIMIT_TOKEN", "600/minute", "E023"), ("RATE_LIMIT_TOKEN", "600/min" + LINE, "E023"),
    ("API_BASE_URL", "localhost", "E023"), ("API_BASE_URL", "http://", "E023"),
    ("SITE_URL", "http://h:x", "E023"), ("SITE_URL", "http://a b", "E023"), ("SITE_URL", "ftp://h", "E023"),
    ("SITE_URL", "http://[", "E023"), ("DASK_SCHEDULER", "10.0.0.5:8786", "E023"),
    ("DASK_SCHEDULER", "tls://10.0.0.5:8786", "E024"), ("TRUSTED_MODULES", "ours", "E022"),
    ("TRUSTED_MODULES", ["numpy"], "E023"), ("TRUSTED_MODULES", [1], "E023"),
    ("DATA_SOURCES", ["a"], "E022"),
    ("DATA_SOURCES", {"a b": "sqlite:////x"}, "E023"), ("DATA_SOURCES", {1: "sqlite:////x"}, "E023"),
    ("DATA_SOURCES", {"a": "mysql://h/n"}, "E023"), ("FILE_ROOTS", {"a": "exports"}, "E023"),
    ("FILE_ROOTS", {"a": "s3:///"}, "E023"),
    ("TRAINERS", {"a": "package.module"}, "E023"), ("TRAINERS", {"a": None}, "E023"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "code"), WRONG)
def test_a_wrong_value_is_an_error_that_names_the_key(settings, name, value, code):
    settings.MODEL_DELIVERY = {name: value}
    (error,) = of_settings()
    assert (error.id, name in error.msg, bool(error.hint)) == (f"predictions.{code}", True, True)


@pytest.mark.parametrize(("name", "value", "code"), WRONG)
def test_nothing_breaks_where_nobody_asks_the_checks(name, value, code, caplog):
    config = Config({name: value})
    assert [getattr(config, key) for key in KEYS]
    assert [name in record.getMessage() for record in caplog.records] == [True] * (code != "E024")


@pytest.mark.parametrize(
    ("name", "right"),
    [("MAX_ROW", "MAX_ROWS"), ("max_rows", "MAX_ROWS"), ("SPOOLDIR", "SPOOL_DIR"), (5, ""), ("XYZ", "")],
)
def test_a_misspelt_key_is_told_with_the_nearest(settings, name, right):
    settings.MODEL_DELIVERY = {name: 5}
    (error,) = of_settings()
    assert (error.id, str(name) in error.msg) == ("predictions.E021", True)
    assert f"Write {right}." == error.hint if right else "docs/settings.md" in error.hint


@pytest.mark.parametrize("given", [None, 5, [], "x"])
def test_what_is_no_dict_is_one_error(settings, given):
    settings.MODEL_DELIVERY = given
    assert [error.id for error in of_settings()] == ["predictions.E020"]


def test_all_mistakes_are_told_at_once(settings):
    settings.MODEL_DELIVERY = {"MAX_ROWS": 0, "MAX_ROW": 5, "FAST_LANE": "no"}
    assert [error.id for error in of_settings()] == [
        "predictions.E023",
        "predictions.E021",
        "predictions.E022",
    ]


@pytest.mark.parametrize("given", [{}, {"MAX_ROWS": 0}, None])
def test_the_check_is_part_of_djangos(settings, given):
    settings.MODEL_DELIVERY = given
    if given == {}:
        call_command("check", stdout=io.StringIO())
    else:
        with pytest.raises(SystemCheckError, match=r"predictions\.E02\d"):
            call_command("check")


@pytest.mark.parametrize("name", ["METRICS_TOKEN", "DEMO_ADMIN_PASSWORD", "DATA_SOURCES"])
def test_a_secret_is_not_repeated(name):
    for value in (b"hunter2", {"shop": "mysql://ann:hunter2@host/x"}, ["hunter2"]):
        assert "hunter2" not in "".join(str(problem) for problem in problems({name: value}))


def test_every_default_can_be_used():
    defaults = {name: getattr(Config({}), name) for name in KEYS}
    assert problems(defaults) == []


def test_media_that_a_url_may_serve_are_told_before_a_deployment(settings):
    settings.MEDIA_ROOT, settings.MEDIA_URL = "/srv/media", "/media/"
    settings.MODEL_DELIVERY = {"MEDIA_ROOT": "/srv/media/models"}
    assert "predictions.W020" in deploy_ids()
    for told in ({"MEDIA_ROOT": "/var/lib/models"}, {}):
        settings.MODEL_DELIVERY = told
        assert "predictions.W020" not in deploy_ids()


def test_media_without_a_url_are_fine(settings):
    settings.MEDIA_ROOT, settings.MODEL_DELIVERY = "/srv/media", {"MEDIA_ROOT": "/srv/media"}
    assert "predictions.W020" not in deploy_ids()


def deploy_ids():
    return {message.id for message in run_checks(include_deployment_checks=True)}


def of_settings():
    return [message for message in run_checks() if (message.id or "").startswith("predictions.E02")]
