"""Every setting, read from the environment; `docs/settings.md` explains each variable.

The defaults are safe for production. A bad value stops the start and is named, all of them at once.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before any import of onnxruntime

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

from mlsite.environment import apps, model_delivery, origins, path_prefix, refuse_bad_values
from mlsite.secret_key import read_or_create
from predictions.conf import Config
from scheduling.evidence_page.style import EVIDENCE_STYLE_SOURCE

BASE_DIR = Path(__file__).resolve().parent.parent

# --- what the environment sets ----------------------------------------------------------------
env = Env(eager=False)
LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
MODEL_DELIVERY = {
    "CLIENT_ADDRESS": "mlsite.middleware.client_address",
    "MEDIA_ROOT": BASE_DIR / "media",
    **model_delivery(env),
}
MODEL_DELIVERY_IN_ENVIRONMENT = True  # so messages name the variable, which has the key's name
config = Config(MODEL_DELIVERY, base_dir=BASE_DIR)
VAR_DIR = config.VAR_DIR
SECRET_KEY = env.str("SECRET_KEY", None, validate=validate.Length(min=32))
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
DEBUG = env.bool("DEBUG", False)
HTTPS = env.bool("HTTPS", True)
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
FORCE_SCRIPT_NAME: str | None = env.str("FORCE_SCRIPT_NAME", "", validate=path_prefix)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [], validate=origins)
DATABASE: dict[str, Any] = env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR}/db.sqlite3")
LOG_FORMAT = env.str("LOG_FORMAT", "text", validate=validate.OneOf(["text", "json"]))
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(LEVELS))
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 587, validate=validate.Range(min=1, max=65_535))
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "webmaster@localhost")
EMAIL_TIMEOUT = 10
EXTRA_APPS: list[str] = env.list("EXTRA_APPS", [], validate=apps)
refuse_bad_values(env, MODEL_DELIVERY)

FORCE_SCRIPT_NAME = FORCE_SCRIPT_NAME or None  # else it hides the SCRIPT_NAME that a server tells
STATIC_ROOT = VAR_DIR / "static"
try:
    SECRET_KEY = SECRET_KEY or read_or_create(VAR_DIR / "secret_key")
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder
except OSError as error:
    raise ImproperlyConfigured(f"VAR_DIR: the folder cannot be used: {error}") from None

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
    "mlsite.middleware.AdminSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mlsite.middleware.EveryPathMiddleware",
    "mlsite.middleware.AdminSessionMiddleware",
    "mlsite.middleware.AdminCommonMiddleware",
    "mlsite.middleware.AdminCsrfMiddleware",
    "mlsite.middleware.AdminAuthenticationMiddleware",
    "mlsite.middleware.AdminMessageMiddleware",
    "axes.middleware.AxesMiddleware",
]
# The project's own keep to the admin, or write the same headers for all answers to a host and scheme.
MODEL_DELIVERY["FAST_LANE_MIDDLEWARE"] = [
    *config.FAST_LANE_MIDDLEWARE,
    *(name for name in MIDDLEWARE if name.startswith("mlsite.")),
]
# These checks look for Django's own classes by name; ours are subclasses, and tests cover their effect.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W003"]
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
REST_KNOX = {"TOKEN_TTL": timedelta(days=config.TOKEN_DAYS), "AUTH_HEADER_PREFIX": "Token"}

# --- HTTP -------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "style-src": [SELF, f"'{EVIDENCE_STYLE_SOURCE}'"],  # the evidence file contains its style
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CSRF_FAILURE_VIEW = "mlsite.error_pages.csrf_failure"

STATIC_URL = "/static/"  # below SCRIPT_NAME, as `GzipStorage` adds
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
