"""Settings come from the environment; a bad value stops the start and is named."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from mlsite.tests.processes import ROOT
from predictions.conf import Config
from predictions.conf.problems import KEYS, problems

GOOD_KEY = "k" * 50


@pytest.fixture
def read(monkeypatch, tmp_path):
    """Run the settings file anew with these variables and no others; return what it defines."""
    for name in set(os.environ) - {"PATH", "HOME"}:
        monkeypatch.delenv(name)

    def read_with(**variables):
        for name, value in ({"VAR_DIR": str(tmp_path / "var")} | variables).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "mlsite" / "settings.py"))

    return read_with


BAD = [
    ("DEBUG", "maybe"), ("HTTPS", "2"), ("BEHIND_PROXY", "x"), ("SECRET_KEY", "short"), ("SECRET_KEY", ""),
    ("DATABASE_URL", "rubbish"), ("DATABASE_URL", "mongo://host/name"), ("DATABASE_URL", ""),
    ("DATABASE_URL", "postgres://user@host:port/name"), ("LOG_FORMAT", "xml"), ("LOG_LEVEL", "info"),
    ("SITE_URL", "example.com"), ("EMAIL_PORT", "0"), ("NOTIFY_PRIVATE_ADDRESSES", "maybe"),
    ("API_BASE_URL", "localhost"), ("TOKEN_DAYS", "0"), ("TOKEN_DAYS", ""), ("MAX_BODY_BYTES", "-1"),
    ("MAX_UPLOAD_BYTES", "1.5"), ("UPDATE_MODEL_WAIT_SECONDS", "0"), ("RUN_TIME_LIMIT_SECONDS", "x"),
    ("CHILD_MEMORY_MB", "5"), ("RUN_RETENTION_DAYS", "0"), ("FILE_RETENTION_DAYS", "-1"),
    ("MAX_BATCH_BYTES", "0"), ("MAX_ROWS", "0"), ("TRIED_VERSIONS", "0"), ("LEASE_SECONDS", "1"),
    ("SPOOL_MAX_MB", "7"), ("PREDICTION_RETENTION_DAYS", "0"), ("SHUTDOWN_SECONDS", "-1"),
    ("TRUSTED_MODULES", "os"), ("TRUSTED_MODULES", "ours,numpy"),
    ("RATE_LIMIT_TOKEN", "600/minute"), ("RATE_LIMIT_TOKEN", "0/min"), ("RATE_LIMIT_ANONYMOUS", "600"),
    ("RATE_LIMIT_ANONYMOUS", "10 / s"), ("TRUSTED_MODULES", "ours.steps"), ("TRUSTED_MODULES", "scheduling"),
    ("TRUSTED_MODULES", "ours,"),
    ("DATA_SOURCES", "x"), ("DATA_SOURCES", '{"a": "mysql://h/n"}'),
    ("DATA_SOURCES", '["a"]'), ("DATA_SOURCES", '{"a b": "sqlite:////x"}'),
    ("FILE_ROOTS", '{"a": "exports"}'),
    ("SOURCE_CALLABLES", '{"a": "package.module"}'), ("SOURCE_CALLABLES", '{"a": 1}'),
    ("SOURCE_TIME_LIMIT_SECONDS", "0"), ("SOURCE_MAX_ROWS", "0"), ("SOURCE_MAX_BYTES", "-1"),
    ("SEARCH_PROCESSES", "-1"), ("DASK_SCHEDULER", "10.0.0.5:8786"), ("DASK_SCHEDULER", "tls://10.0.0.5:8786"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_stops_the_start_and_is_named(read, name, value):
    with pytest.raises(ImproperlyConfigured, match=rf"\b{name}: "):
        read(**{name: value})


def test_all_bad_values_are_named_at_once(read):
    with pytest.raises(ImproperlyConfigured) as refused:
        read(DEBUG="maybe", TOKEN_DAYS="0", DATABASE_URL="rubbish", LOG_LEVEL="loud")
    for name in ("DEBUG", "TOKEN_DAYS", "DATABASE_URL", "LOG_LEVEL"):
        assert f"{name}: " in str(refused.value)


def test_the_value_itself_is_not_repeated_where_it_is_a_secret(read):
    with pytest.raises(ImproperlyConfigured) as refused:
        read(SECRET_KEY="hunter2", DATABASE_URL="postgres://ann:hunter2@host:port/name")
    assert "hunter2" not in str(refused.value)
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("name", ["VAR_DIR", "MAX_ROWS"])
def test_a_process_does_not_start_with_one(tmp_path, name):
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), name: ""}
    command = [sys.executable, "manage.py", "check"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ended.returncode == 1
    assert f"{name}: " in ended.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("TOKEN_DAYS", "99999999999"), ("VAR_DIR", "/proc/nowhere"), ("CSRF_TRUSTED_ORIGINS", "example.com"),
     ("FORCE_SCRIPT_NAME", "ml"), ("FORCE_SCRIPT_NAME", "/ml/")],
)  # fmt: skip
def test_a_value_that_could_only_fail_later_is_named_too(read, name, value):
    with pytest.raises(ImproperlyConfigured, match=name):
        read(**{name: value})


@pytest.mark.parametrize("name", ["VAR_DIR", "MEDIA_ROOT", "SPOOL_DIR"])
def test_a_folder_without_a_name_is_refused(read, name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ImproperlyConfigured, match=name):
        read(**{name: ""})


@pytest.mark.parametrize("command", ["check", "setup_demo", "migrate"])
def test_a_command_names_what_is_wrong_once_and_shows_no_code(command, tmp_path):
    wrong = os.environ | {"HTTPS": "banana", "APPROVAL_DAYS": "-3", "VAR_DIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, ROOT / "manage.py", command], env=wrong, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert [ran.stderr.count(said) for said in ("HTTPS: ", "APPROVAL_DAYS: ", "Traceback")] == [1, 1, 0]


def test_an_empty_path_of_a_proxy_leaves_the_one_that_the_server_tells(read):
    assert read(FORCE_SCRIPT_NAME="")["FORCE_SCRIPT_NAME"] is None
    assert read(FORCE_SCRIPT_NAME="/ml/v1.0")["FORCE_SCRIPT_NAME"] == "/ml/v1.0"


def test_the_defaults_are_safe_for_production(read, tmp_path):
    values = read()
    assert values["DEBUG"] is False
    assert values["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    for name in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS"):
        assert values[name]
    assert "SECURE_PROXY_SSL_HEADER" not in values
    assert values["SECRET_KEY"] == (tmp_path / "var" / "secret_key").read_text()


def test_predictions_wait_beside_the_database_unless_told_otherwise(read, tmp_path):
    assert Config(read()["MODEL_DELIVERY"]).SPOOL_DIR == tmp_path / "var" / "spool"
    assert Config(read(SPOOL_DIR="/somewhere")["MODEL_DELIVERY"]).SPOOL_DIR.as_posix() == "/somewhere"


def test_a_key_that_is_given_is_used_and_none_is_written(read, tmp_path):
    assert read(SECRET_KEY=GOOD_KEY)["SECRET_KEY"] == GOOD_KEY
    assert not (tmp_path / "var" / "secret_key").exists()


def test_plain_http_is_asked_for(read):
    values = read(HTTPS="false")
    assert "SECURE_SSL_REDIRECT" not in values
    assert "SESSION_COOKIE_SECURE" not in values


def test_a_proxy_is_believed_only_when_it_is_said_to_be_there(read):
    assert read(BEHIND_PROXY="true")["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_sqlite_is_the_default_and_gets_its_options(read, tmp_path):
    database = read()["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(tmp_path / "var" / "db.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_a_url_picks_postgresql(read):
    database = read(DATABASE_URL="postgres://ann:pw@db:5433/models")["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    facts = [database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")]
    assert facts == ["models", "ann", "pw", "db", 5433]
    assert "transaction_mode" not in database.get("OPTIONS", {})
    assert database["CONN_HEALTH_CHECKS"] is True


def test_onnx_runtime_is_told_not_to_phone_home(read):
    read()
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


def test_logs_are_text_or_json(read):
    for kind in ("text", "json"):
        assert read(LOG_FORMAT=kind)["LOGGING"]["handlers"]["console"]["formatter"] == kind


PARSED = {
    "FAST_LANE": ("off", False), "MAX_ROWS": ("5", 5), "TRUSTED_MODULES": ("ours,theirs", ["ours", "theirs"]),
    "FILE_ROOTS": ('{"a": "/srv"}', {"a": "/srv"}), "MEDIA_ROOT": ("/srv/media", Path("/srv/media")),
    "RATE_LIMIT_TOKEN": ("600/min", "600/min"),
}  # fmt: skip


@pytest.mark.parametrize("name", PARSED)
def test_a_key_of_the_apps_is_parsed_as_its_type(read, name):
    text, value = PARSED[name]
    assert read(**{name: text})["MODEL_DELIVERY"][name] == value


def test_keys_that_the_environment_does_not_set_keep_their_defaults(read):
    given = read()["MODEL_DELIVERY"]
    assert set(given) == {"VAR_DIR", "MEDIA_ROOT", "FAST_LANE_MIDDLEWARE", "CLIENT_ADDRESS"} < set(KEYS)
    assert problems(given) == []
