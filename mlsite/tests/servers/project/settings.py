"""What `startproject` writes, the lines of docs/adopt.md, and the folders and the database of a test."""

import os

from mlsite.settings import DATABASES  # noqa: F401 - read from DATABASE_URL

PROJECT = "mlsite.tests.servers.project"
SECRET_KEY = "of a test, and long enough for everybody who looks at its length"
ALLOWED_HOSTS = ["shop.example.com", "127.0.0.1"]
SECURE_SSL_REDIRECT = os.environ.get("REDIRECT_OF_TEST") == "true"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular_sidecar",
    "django_apscheduler",
    "predictions",
    "scheduling",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *filter(None, [os.environ.get("MIDDLEWARE_OF_TEST")]),
]
ROOT_URLCONF = f"{PROJECT}.urls"
WSGI_APPLICATION = f"{PROJECT}.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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
STATIC_URL = "static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MODEL_DELIVERY = {
    "MEDIA_ROOT": os.environ["MEDIA_ROOT"],
    "VAR_DIR": os.environ["VAR_DIR"],
    "METRICS_PUBLIC": True,
}
