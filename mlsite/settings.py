"""Every setting, read from the environment; `docs/settings.md` explains each variable.

The defaults are safe for production. A bad value stops the start and is named, all of them at once.
"""

import os
import re
import sys
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before any import of onnxruntime

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, ValidationError, validate

from mlsite.secret_key import read_or_create
from predictions.conf import Config

BASE_DIR = Path(__file__).resolve().parent.parent


def whole_numbers(values: list[str]) -> None:
    """Raise `ValidationError` unless each value is one."""
    if not all(value.isdecimal() for value in values):
        raise ValidationError("Input should be whole numbers, separated by commas.")


def origins(values: list[str]) -> None:
    """Raise `ValidationError` for an origin without a scheme, which Django would report only in a check."""
    if any("://" not in value for value in values):
        raise ValidationError("Each origin should start with a scheme, such as https://example.com.")


def packages(values: list[str]) -> None:
    """Raise `ValidationError` for what is no package, or one that would let an upload run anything."""
    too_much = sys.stdlib_module_names | UNTRUSTED
    if any(not value.isidentifier() or value in too_much for value in values):
        raise ValidationError(
            "Input should be names of installed packages of your own, separated by commas: neither modules "
            "of Python, nor numpy, scipy or the like, whose functions could read and run anything."
        )


def apps(values: list[str]) -> None:
    """Raise `ValidationError` for an app that is not installed."""
    for value in values:
        found = all(part.isidentifier() for part in value.split(".")) and find_spec(value.partition(".")[0])
        if not found:
            raise ValidationError(f"There is no package {value}. Install it, or correct its name.")


def folder(path: Path) -> None:
    """Raise `ValidationError` for an empty value, which would stand for the current folder."""
    if path == Path():
        raise ValidationError("Input should be the path of a folder.")


def databases(values: Any) -> None:
    """Raise `ValidationError` unless it is an object of names with the URLs of databases that can be read."""
    named(values)
    if not all(url.startswith(("sqlite:///", "postgres://", "postgresql://")) for url in values.values()):
        raise ValidationError("Each URL should start with postgres:// or sqlite:///.")


def functions(values: Any) -> None:
    """Raise `ValidationError` unless it is an object of names with functions."""
    named(values)
    if not all(A_FUNCTION.fullmatch(path) for path in values.values()):
        raise ValidationError("Each function should be written as package.module:function.")


def folders(values: Any) -> None:
    """Raise `ValidationError` unless it is an object of names with absolute paths."""
    named(values)
    if not all(path.startswith("/") for path in values.values()):
        raise ValidationError("Each folder should be an absolute path.")


def named(values: Any) -> None:
    """Raise `ValidationError` unless it is an object of short names with text."""
    good = isinstance(values, dict) and all(isinstance(value, str) for value in values.values())
    if not good or not all(A_NAME.fullmatch(name) for name in values):
        raise ValidationError('Input should be a JSON object of names with text, such as {"name": "value"}.')


A_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
A_FUNCTION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
env = Env(eager=False)
UNTRUSTED = {"numpy", "scipy", "pandas", "pyarrow", "sklearn", "skops", "joblib", "onnx", "onnxruntime"}
UNTRUSTED |= {"lightgbm", "xgboost", "catboost", "django", "mlsite", "predictions", "scheduling"}
LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
POSITIVE = validate.Range(min=1)
MAX_TOKEN_DAYS = 3650
RATE = validate.Regexp(
    r"([1-9]\d{0,8}/(s|min|hour|day))?\Z",
    error="Input should be a number for each s, min, hour or day, such as 600/min, or empty for no limit.",
)
CLUSTER = validate.Regexp(
    r"(\Z|(tls|tcp)://\S+:\d{1,5}\Z)",
    error="Input should be the address of a dask scheduler, such as tls://10.0.0.5:8786, or empty.",
)
MAX_LEASE_SECONDS = 3600
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var", validate=folder)
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / "media", validate=folder)
spool_dir = env.path("SPOOL_DIR", None, validate=folder)
SPOOL_MAX_MB = env.int("SPOOL_MAX_MB", 1024, validate=validate.Range(min=8))
SECRET_KEY = env.str("SECRET_KEY", None, validate=validate.Length(min=32))
DEBUG = env.bool("DEBUG", False)
HTTPS = env.bool("HTTPS", True)
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [], validate=origins)
DATABASE: dict[str, Any] = env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR}/db.sqlite3")
LOG_FORMAT = env.str("LOG_FORMAT", "text", validate=validate.OneOf(["text", "json"]))
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(LEVELS))
API_BASE_URL = env.str("API_BASE_URL", "http://127.0.0.1:8000", validate=validate.URL(require_tld=False))
site_url = env.str("SITE_URL", None, validate=validate.URL(require_tld=False))
NOTIFY_PRIVATE_ADDRESSES = env.bool("NOTIFY_PRIVATE_ADDRESSES", False)
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 587, validate=validate.Range(min=1, max=65_535))
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "webmaster@localhost")
EMAIL_TIMEOUT = 10
TOKEN_DAYS = env.int("TOKEN_DAYS", 90, validate=validate.Range(min=1, max=MAX_TOKEN_DAYS))
MAX_BODY_BYTES = env.int("MAX_BODY_BYTES", 2 * 2**20, validate=POSITIVE)
MAX_BATCH_BYTES = env.int("MAX_BATCH_BYTES", 4 * 2**20, validate=POSITIVE)
MAX_ROWS = env.int("MAX_ROWS", 10_000, validate=POSITIVE)
TRIED_VERSIONS = env.int("TRIED_VERSIONS", 4, validate=POSITIVE)
HOSTED_VERSIONS = env.int("HOSTED_VERSIONS", 20, validate=POSITIVE)
MODEL_HOST_SECONDS = env.int("MODEL_HOST_SECONDS", 10, validate=POSITIVE)
model_host_socket = env.path("MODEL_HOST_SOCKET", None)
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", 64 * 2**20, validate=POSITIVE)
UPDATE_MODEL_WAIT_SECONDS = env.int("UPDATE_MODEL_WAIT_SECONDS", 90, validate=POSITIVE)
RUN_TIME_LIMIT_SECONDS = env.int("RUN_TIME_LIMIT_SECONDS", 300, validate=POSITIVE)
FIT_TIME_LIMIT_SECONDS = env.int("FIT_TIME_LIMIT_SECONDS", 3600, validate=POSITIVE)
DATA_SOURCES: Any = env.json("DATA_SOURCES", {}, validate=databases)
SOURCE_CALLABLES: Any = env.json("SOURCE_CALLABLES", {}, validate=functions)
TRAINERS: Any = env.json("TRAINERS", {}, validate=functions)
FILE_ROOTS: Any = env.json("FILE_ROOTS", {}, validate=folders)
SOURCE_TIME_LIMIT_SECONDS = env.int("SOURCE_TIME_LIMIT_SECONDS", 900, validate=POSITIVE)
SOURCE_MAX_ROWS = env.int("SOURCE_MAX_ROWS", 50_000_000, validate=POSITIVE)
SOURCE_MAX_BYTES = env.int("SOURCE_MAX_BYTES", 8 * 2**30, validate=POSITIVE)
SEARCH_PROCESSES = env.int("SEARCH_PROCESSES", 0, validate=validate.Range(min=0))  # 0: one a core
DASK_SCHEDULER = env.str("DASK_SCHEDULER", "", validate=CLUSTER)
DASK_TLS_CA = env.str("DASK_TLS_CA", "")
DASK_TLS_CERT = env.str("DASK_TLS_CERT", "")
DASK_TLS_KEY = env.str("DASK_TLS_KEY", "")
EXTRA_APPS: list[str] = env.list("EXTRA_APPS", [], validate=apps)
TRUSTED_MODULES: list[str] = env.list("TRUSTED_MODULES", [], validate=packages)
CHILD_MEMORY_MB = env.int("CHILD_MEMORY_MB", 4096, validate=validate.Range(min=1024))
APPROVER_MUST_DIFFER = env.bool("APPROVER_MUST_DIFFER", True)
APPROVAL_DAYS = env.int("APPROVAL_DAYS", 7, validate=validate.Range(min=1, max=3650))
RUN_RETENTION_DAYS = env.int("RUN_RETENTION_DAYS", 30, validate=POSITIVE)
FILE_RETENTION_DAYS = env.int("FILE_RETENTION_DAYS", 2, validate=POSITIVE)
SHUTDOWN_SECONDS = env.int("SHUTDOWN_SECONDS", 10, validate=validate.Range(min=0, max=86_400))
PREDICTION_RETENTION_DAYS = env.int("PREDICTION_RETENTION_DAYS", 30, validate=POSITIVE)
LEASE_SECONDS = env.int("LEASE_SECONDS", 12, validate=validate.Range(min=2, max=MAX_LEASE_SECONDS))
REHEARSAL_VERSION: list[str] | None = env.list("REHEARSAL_VERSION", None, validate=whole_numbers)
RATE_LIMIT_ANONYMOUS = env.str("RATE_LIMIT_ANONYMOUS", "", validate=RATE)
RATE_LIMIT_TOKEN = env.str("RATE_LIMIT_TOKEN", "", validate=RATE)
FAST_LANE = env.bool("FAST_LANE", True)
FAST_LANE_MIDDLEWARE: list[str] = env.list("FAST_LANE_MIDDLEWARE", [])
METRICS_PUBLIC = env.bool("METRICS_PUBLIC", False)
METRICS_TOKEN = env.str("METRICS_TOKEN", None, validate=validate.Length(min=16))
DEMO_ADMIN_PASSWORD = env.str("DEMO_ADMIN_PASSWORD", "")
try:
    env.seal()
except EnvValidationError as error:
    by_name: Any = error.error_messages
    wrong = "; ".join(f"{name}: {' '.join(why)}" for name, why in by_name.items())
    raise ImproperlyConfigured(f"These environment variables have a wrong value: {wrong}") from None

SITE_URL: str = site_url or API_BASE_URL
if DASK_SCHEDULER.startswith("tls://") and not (DASK_TLS_CA and DASK_TLS_CERT and DASK_TLS_KEY):
    raise ImproperlyConfigured(
        "DASK_SCHEDULER: tls:// needs the files DASK_TLS_CA, DASK_TLS_CERT and DASK_TLS_KEY."
    )
STATIC_ROOT = VAR_DIR / "static"
SPOOL_DIR: Path = spool_dir or VAR_DIR / "spool"
MODEL_HOST_SOCKET: Path = model_host_socket or VAR_DIR / "model_host.sock"
try:
    SECRET_KEY = SECRET_KEY or read_or_create(VAR_DIR / "secret_key")
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder
except OSError as error:
    raise ImproperlyConfigured(f"VAR_DIR: the folder cannot be used: {error}") from None

MODEL_DELIVERY = {name: globals()[name] for name in vars(Config) if name in globals() and name.isupper()}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "axes",
    "csp",
    "guardian",
    "django_apscheduler",
    "predictions",
    "scheduling",
    *EXTRA_APPS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mlsite.middleware.EveryPathMiddleware",
    "mlsite.middleware.AdminSessionMiddleware",
    "mlsite.middleware.AdminCommonMiddleware",
    "mlsite.middleware.AdminCsrfMiddleware",
    "mlsite.middleware.AdminAuthenticationMiddleware",
    "mlsite.middleware.AdminMessageMiddleware",
    "mlsite.middleware.AdminHistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]
# The project's own keep to the admin, or write the same headers for all answers to a host and scheme.
FAST_LANE_MIDDLEWARE += [name for name in MIDDLEWARE if name.startswith("mlsite.")]
# These checks look for Django's own classes by name; ours are subclasses, and tests cover their effect.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W003"]
ROOT_URLCONF = "mlsite.urls"
WSGI_APPLICATION = "mlsite.wsgi.application"
APPEND_SLASH = False  # a redirect of a POST loses its body: every URL takes both forms instead
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "mlsite" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- database ---------------------------------------------------------------------------------
SQLITE_OPTIONS = {
    # IMMEDIATE: a read that turns into a write inside a transaction would fail at once, whatever
    # the timeout. WAL: readers never wait for the writer.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE["OPTIONS"] = SQLITE_OPTIONS | DATABASE.get("OPTIONS", {})
    DATABASE["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # in memory, WAL goes untested
    Path(DATABASE["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASE["CONN_MAX_AGE"] = None
else:
    DATABASE |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    # A host that drops packets must not block a worker's follower for minutes.
    DATABASE["OPTIONS"] = {"connect_timeout": 5} | DATABASE.get("OPTIONS", {})
DATABASES = {"default": DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- who may do what --------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # otherwise guardian creates a user row for anonymous callers
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_CLIENT_IP_CALLABLE = "mlsite.middleware.client_address"
AXES_COOLOFF_TIME = timedelta(minutes=15)
REST_KNOX = {"TOKEN_TTL": timedelta(days=TOKEN_DAYS), "AUTH_HEADER_PREFIX": "Token"}

# --- HTTP -------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["predictions.api.defaults.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "predictions.api.defaults.JSONOnly",
    "DEFAULT_METADATA_CLASS": "predictions.api.defaults.Methods",
    "DEFAULT_PARSER_CLASSES": ["predictions.api.defaults.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    # Any class here takes predictions off their fast path, so without a limit there is none.
    "DEFAULT_THROTTLE_CLASSES": (
        ["mlsite.rate_limits.PerCaller"] if RATE_LIMIT_ANONYMOUS or RATE_LIMIT_TOKEN else []
    ),
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "scheduling.views.api_errors.answer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Continuous delivery of models in plain Django",
    "DESCRIPTION": "Predictions, the versions that make them, and the record of how each version went live.",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.1",  # 3.0 has no exclusive bounds as numbers
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"tryItOutEnabled": True, "validatorUrl": None},
    "SCHEMA_PATH_PREFIX": "/",
    "SERVERS": [],
    "TAGS": [{"name": name} for name in ("predictions", "open inference", "registry", "runs", "health")],
    "PREPROCESSING_HOOKS": ["predictions.api.openapi.drop_twin_paths"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "predictions.api.openapi.add_signature_of_default_model",
        "predictions.api.openapi.add_error_answers",
    ],
    "ENUM_NAME_OVERRIDES": {
        "RunStatusEnum": "scheduling.models.run.Run.Status",
        "WatchStatusEnum": "scheduling.models.watch.Watch.Status",
        "RunTriggerEnum": "scheduling.models.run.Run.Trigger",
        "ScheduleTriggerEnum": "scheduling.models.schedule.Schedule.Trigger",
        "ScheduleTaskEnum": "scheduling.models.schedule.SCHEDULABLE",
        "TaskEnum": "scheduling.models.schedule.TaskName",
        "KindEnum": "predictions.models.promotion.Promotion.Kind",
        "SourceKindEnum": "scheduling.models.data_source.DataSource.Kind",
        "RecipeKindEnum": "scheduling.models.recipe.Recipe.Kind",
        "HoldOutEnum": "scheduling.models.data_source.DataSource.HoldOut",
        "AnswerEnum": "scheduling.models.approval.ApprovalAnswer.Kind",
    },
}
# The evidence file contains its style: the policy allows this text of a <style> element and no other.
EVIDENCE_STYLE = (BASE_DIR / "mlsite/static/mlsite/evidence.css").read_text()
EVIDENCE_STYLE_SOURCE = f"sha256-{b64encode(sha256(EVIDENCE_STYLE.encode()).digest()).decode()}"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "style-src": [SELF, f"'{EVIDENCE_STYLE_SOURCE}'"],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
if HTTPS:
    SECURE_SSL_REDIRECT = True
    # Only the admin is redirected: a redirected POST loses its body, and probes speak plain HTTP.
    SECURE_REDIRECT_EXEMPT = [r"^(?!admin(/|$))"]
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "mlsite" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "mlsite.static_files.GzipStorage"},
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["mlsite.formats"]
USE_TZ = True
APSCHEDULER_DATETIME_FORMAT = "Y-m-d H:i:s"

# --- logs -------------------------------------------------------------------------------------
LOG_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"class": "mlsite.log_format.Careful", "format": LOG_LINE},
        "json": {"()": "mlsite.log_format.CarefulJson", "fmt": LOG_LINE},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # APScheduler logs two lines a run at INFO; the main loop itself reports a missing database, once.
    "loggers": {
        "apscheduler": {"level": "ERROR"},
        "django_apscheduler": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "skl2onnx": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        # Anybody can send a foreign Host; the answer 400 needs no traceback.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
