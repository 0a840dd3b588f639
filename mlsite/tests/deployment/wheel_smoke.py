"""Run in an environment that has nothing but the wheel: `python -P wheel_smoke.py web`, or `work`.

A project of the fewest lines is checked, migrated and asked; then every module and page of both is loaded.
"""

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory

import django
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.template.loader import get_template
from django.test import Client
from django.urls import include, path

FOR_TRAINING = {"sklearn", "pandas", "scipy", "joblib", "skops", "skl2onnx", "onnx", "pandera", "matplotlib"}
APPS = ("predictions", "scheduling")
CONTRIB = ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")
MIDDLEWARE = ("sessions.middleware.Session", "auth.middleware.Authentication", "messages.middleware.Message")
PROCESSORS = ("template.context_processors.request", "contrib.auth.context_processors.auth",
              "contrib.messages.context_processors.messages")  # fmt: skip
PARTS = ("rest_framework", "drf_spectacular", "drf_spectacular_sidecar", "django_apscheduler")
OPTIONS = {"web": (), "work": ("knox", "guardian")}  # without, and with what is optional


def project(folder: Path, options: tuple[str, ...]) -> None:
    """The settings of a project that has the two apps and little else."""
    settings.configure(
        BASE_DIR=folder, SECRET_KEY="k" * 50, ROOT_URLCONF="urls", STATIC_URL="static/", ALLOWED_HOSTS=["*"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "db.sqlite3"}},
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in CONTRIB), *PARTS, *options, *APPS],
        MIDDLEWARE=[f"django.contrib.{name}Middleware" for name in MIDDLEWARE],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [f"django.{name}" for name in PROCESSORS]},
        }],
    )  # fmt: skip
    django.setup()
    urls = type(sys)("urls")
    urls.urlpatterns = [path("admin/", admin.site.urls), path("ml/", include("predictions.urls"))]
    sys.modules["urls"] = urls


def main(part: str) -> None:
    """Raise whatever goes wrong."""
    with TemporaryDirectory() as folder:
        project(Path(folder), OPTIONS[part])
        call_command("check", fail_level="ERROR")
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
        call_command("migrate", verbosity=0)
        for url, status in (("/ml/health/live", 200), ("/ml/api/models", 200), ("/ml/schema", 200)):
            assert Client().get(url).status_code == status, url
        if part == "web":
            assert not FOR_TRAINING & sys.modules.keys(), FOR_TRAINING & sys.modules.keys()
        else:
            load_everything()


def load_everything() -> None:
    """Every module and every page, from where they were installed."""
    for app in APPS:
        package = import_module(app)
        home = Path(package.__file__).parent
        assert home.is_relative_to(sys.prefix), f"{home} is not in the environment"
        for module in walk_packages(package.__path__, f"{app}."):
            import_module(module.name)
        for page in (home / "templates").rglob("*.html"):
            get_template(page.relative_to(home / "templates").as_posix())


if __name__ == "__main__":
    main(sys.argv[1])
    print(f"The wheel's smoke test ({sys.argv[1]}): good.")  # noqa: T201
