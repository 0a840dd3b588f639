"""What a project must have, and nothing of ours; `FOREIGN` names more: knox guardian hostile."""

import os
import sys
from pathlib import Path

import dj_database_url

from mlsite.tests.mounted.startproject import DJANGO_APPS, MIDDLEWARE, STATIC_URL, TEMPLATES  # noqa: F401
from mlsite.tests.processes import ROOT

sys.path.append(str(ROOT / "examples" / "shop"))  # whose accounts have no `username`, and a UUID for a key
MORE = os.environ.get("FOREIGN", "").split()
BASE_DIR = Path(os.environ["VAR_DIR"])
SECRET_KEY = "k" * 50
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    *DJANGO_APPS,
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_apscheduler",
    *(name for name in ("knox", "guardian", "rest_framework.authtoken") if name in MORE),
    "accounts",
    "predictions",
    "scheduling",
]
ROOT_URLCONF = "mlsite.tests.foreign.urls"
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
AUTH_USER_MODEL = "accounts.User"
ANONYMOUS_USER_NAME = None
USE_TZ = True
SPECTACULAR_SETTINGS = {"OAS_VERSION": "3.1.1"}
MODEL_DELIVERY = {"MEDIA_ROOT": os.environ["MEDIA_ROOT"]}
if "hostile" in MORE:
    DATABASES["default"]["ATOMIC_REQUESTS"] = True
    REST_FRAMEWORK = {
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.BasicAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.BrowsableAPIRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.FormParser"],
        "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
        "DEFAULT_THROTTLE_RATES": {"anon": "1/day"},
        "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
        "DEFAULT_VERSION": "9",
        "ALLOWED_VERSIONS": ["9"],
        "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
        "PAGE_SIZE": 1,
        "DEFAULT_FILTER_BACKENDS": ["mlsite.tests.foreign.rest.Nothing"],
        "DEFAULT_METADATA_CLASS": "rest_framework.metadata.SimpleMetadata",
        "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
        "EXCEPTION_HANDLER": "mlsite.tests.foreign.rest.teapot",
        "UNAUTHENTICATED_USER": None,
        "NON_FIELD_ERRORS_KEY": "oops",
        "DATETIME_FORMAT": "%d.%m.%Y",
        "DATETIME_INPUT_FORMATS": ["%d.%m.%Y"],
        "UNICODE_JSON": False,
        "COMPACT_JSON": False,
        "STRICT_JSON": False,
    }
