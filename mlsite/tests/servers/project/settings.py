"""What `startproject` writes, the lines of docs/adopt.md, and the folders and the database of a test."""

import os

from mlsite.settings import DATABASES  # noqa: F401 - read from DATABASE_URL
from mlsite.tests.mounted import startproject
from mlsite.tests.mounted.startproject import DJANGO_APPS, STATIC_URL, TEMPLATES  # noqa: F401

PROJECT = "mlsite.tests.servers.project"
SECRET_KEY = "of a test, and long enough for everybody who looks at its length"
ALLOWED_HOSTS = ["shop.example.com", "127.0.0.1"]
SECURE_SSL_REDIRECT = os.environ.get("REDIRECT_OF_TEST") == "true"
INSTALLED_APPS = [
    *DJANGO_APPS,
    "rest_framework",
    "drf_spectacular_sidecar",
    "django_apscheduler",
    "predictions",
    "scheduling",
]
MIDDLEWARE = [
    *startproject.MIDDLEWARE,
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    *filter(None, [os.environ.get("MIDDLEWARE_OF_TEST")]),
]
ROOT_URLCONF = f"{PROJECT}.urls"
WSGI_APPLICATION = f"{PROJECT}.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MODEL_DELIVERY = {
    "MEDIA_ROOT": os.environ["MEDIA_ROOT"],
    "VAR_DIR": os.environ["VAR_DIR"],
    "METRICS_PUBLIC": True,
}
