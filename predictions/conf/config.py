"""Every key of `MODEL_DELIVERY` with its type, default and rule; `docs/settings.md` says what each does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

from predictions.conf.key import Key
from predictions.conf.kinds import (
    address,
    dotted,
    dotted_paths,
    flag,
    folder,
    functions,
    holds_files,
    is_database,
    may_be_trusted,
    names,
    number,
    rate,
    table,
    text,
)

MAX_LEASE_SECONDS = 3600
MAX_TOKEN_DAYS = 3650


class Config:
    """The keys, read from the mapping; without one from Django's settings.

    A settings file that needs some of them, and so cannot ask Django for `BASE_DIR`, gives both.
    """

    VAR_DIR = folder(lambda config: config.base_dir / "var")
    MEDIA_ROOT = folder(lambda config: config.base_dir / "ml-files")  # Django's own may be served, and shared
    SPOOL_DIR = folder(lambda config: config.VAR_DIR / "spool")
    SPOOL_MAX_MB = number(1024, at_least=8)

    DEMO_ADMIN_PASSWORD = text(secret=True)
    TOKEN_DAYS = number(90, at_most=MAX_TOKEN_DAYS)
    RATE_LIMIT_ANONYMOUS = rate()
    RATE_LIMIT_TOKEN = rate()
    CLIENT_ADDRESS = dotted("predictions.callers.addresses.remote_address")
    AUTHENTICATION_CLASSES = dotted_paths("authentication classes")  # none: by what is installed
    METRICS_TOKEN: Key[str | None] = text(
        None, pattern=r"(?s).{16,}", should="text of at least 16 characters, or None", secret=True
    )
    METRICS_PUBLIC = flag(False)

    FAST_LANE = flag(True)
    FAST_LANE_MIDDLEWARE = dotted_paths("middleware")
    MAX_BODY_BYTES = number(2 * 2**20)
    MAX_BATCH_BYTES = number(4 * 2**20)
    MAX_ROWS = number(10_000)
    MAX_UPLOAD_BYTES = number(64 * 2**20)
    UPDATE_MODEL_WAIT_SECONDS = number(90)
    TRIED_VERSIONS = number(4)
    HOSTED_VERSIONS = number(20)
    MODEL_HOST_SECONDS = number(10)
    MODEL_HOST_SOCKET = folder(lambda config: config.VAR_DIR / "model_host.sock")

    API_BASE_URL = address("http://127.0.0.1:8000")
    RUN_TIME_LIMIT_SECONDS = number(300)
    FIT_TIME_LIMIT_SECONDS = number(3600)
    TRUSTED_MODULES = names(
        rule=may_be_trusted,
        should="names of installed packages of your own: neither modules of Python, nor numpy, scipy or the "
        "like, whose functions could read and run anything",
    )
    CHILD_MEMORY_MB = number(4096, at_least=1024)
    SHUTDOWN_SECONDS = number(10, at_least=0, at_most=86_400)
    LEASE_SECONDS = number(12, at_least=2, at_most=MAX_LEASE_SECONDS)
    APPROVER_MUST_DIFFER = flag(True)
    APPROVAL_DAYS = number(7, at_most=3650)
    RUN_RETENTION_DAYS = number(30)
    FILE_RETENTION_DAYS = number(2)
    PREDICTION_RETENTION_DAYS = number(30)

    SEARCH_PROCESSES = number(0, at_least=0)  # 0: one a core
    DASK_SCHEDULER = text(
        pattern=r"((tls|tcp)://\S+:\d{1,5})?",
        should="the address of a dask scheduler, such as tls://10.0.0.5:8786, or empty",
    )
    DASK_TLS_CA = text()
    DASK_TLS_CERT = text()
    DASK_TLS_KEY = text()

    DATA_SOURCES = table(
        rule=is_database,
        should="URLs of databases, each beginning with postgres:// or sqlite:///",
        secret=True,
    )
    SOURCE_CALLABLES = functions()
    TRAINERS = functions()
    FILE_ROOTS = table(
        rule=holds_files, should="absolute paths of folders, or s3://bucket/prefix", secret=True
    )
    SOURCE_TIME_LIMIT_SECONDS = number(900)
    SOURCE_MAX_ROWS = number(50_000_000)
    SOURCE_MAX_BYTES = number(8 * 2**30)

    SITE_URL = address(lambda config: config.API_BASE_URL)
    NOTIFY_PRIVATE_ADDRESSES = flag(False)

    def __init__(self, given: Mapping[str, Any] | None = None, *, base_dir: Path | None = None) -> None:
        self._given, self._base_dir = given, base_dir

    @property
    def given(self) -> Mapping[str, Any]:
        """What was set, of which each key is looked at by itself; nothing if that is no mapping."""
        if self._given is not None:
            return self._given
        given = getattr(settings, "MODEL_DELIVERY", {})
        return given if isinstance(given, dict) else {}

    @property
    def base_dir(self) -> Path:
        """The folder of the project: the current one where settings do not name it."""
        return self._base_dir or Path(getattr(settings, "BASE_DIR", Path.cwd()))


def forget(*, setting: str, **others: Any) -> None:
    """Read anew what a test has changed."""
    if setting in ("MODEL_DELIVERY", "BASE_DIR"):
        for name in filter(str.isupper, [*vars(config)]):
            vars(config).pop(name, None)


config = Config()
setting_changed.connect(forget, dispatch_uid="predictions.conf")
