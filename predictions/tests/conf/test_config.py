"""The keys of `MODEL_DELIVERY`: what is given counts, then the default; what would break is not used."""

import pytest

from predictions.conf import Config
from predictions.conf import config as of_the_process

GOOD = {
    "VAR_DIR": "/var/lib/models", "DATA_SOURCES": {"shop": "sqlite:////x"}, "TRUSTED_MODULES": ("ours",),
    "MAX_ROWS": 5, "METRICS_TOKEN": None, "RATE_LIMIT_TOKEN": "600/min", "SITE_URL": "https://models.example.org/ml",
}  # fmt: skip
BAD = {
    "VAR_DIR": "", "DATA_SOURCES": {"shop": "mysql://x"}, "TRUSTED_MODULES": ["os"], "MAX_ROWS": "5",
    "MAX_BODY_BYTES": True, "METRICS_TOKEN": "short", "RATE_LIMIT_TOKEN": "600/minute",
    "SITE_URL": "example.org", "FAST_LANE": 0,
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_what_is_given_counts(name):
    value = getattr(Config(GOOD), name)
    assert type(value)(GOOD[name]) == value if value is not None else GOOD[name] is None


@pytest.mark.parametrize("name", BAD)
def test_what_would_break_is_not_used(name):
    assert getattr(Config(BAD), name) == getattr(Config({}), name) != BAD[name]


def test_defaults_follow_other_keys(tmp_path):
    config = Config({"VAR_DIR": str(tmp_path), "API_BASE_URL": "http://10.0.0.5"})
    assert config.SPOOL_DIR == tmp_path / "spool"
    assert config.SITE_URL == "http://10.0.0.5"


def test_a_name_that_is_no_key_is_no_attribute():
    with pytest.raises(AttributeError, match="MAX_ROW"):
        _ = of_the_process.MAX_ROW


def test_a_change_in_a_test_is_seen_at_once(config):
    before = of_the_process.MAX_ROWS
    config.MAX_ROWS = before + 1
    assert of_the_process.MAX_ROWS == before + 1


def test_djangos_folder_of_media_is_never_the_default(settings):
    settings.MODEL_DELIVERY = {}
    settings.MEDIA_ROOT = "/srv/media"
    assert of_the_process.MEDIA_ROOT == settings.BASE_DIR / "ml-files"


@pytest.mark.parametrize("given", [None, 5, ["MAX_ROWS"]])
def test_a_setting_that_is_no_dict_counts_as_empty(settings, given):
    settings.MODEL_DELIVERY = given
    assert of_the_process.MAX_ROWS == 10_000
