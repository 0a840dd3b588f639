"""Settings of a project that keeps our tables, and the users', in another database than its own rows."""

import os

from environs import Env

from mlsite.settings import *  # noqa: F403
from mlsite.settings import DATABASE, SQLITE_OPTIONS

OURS = {
    "predictions",
    "scheduling",
    "django_apscheduler",
    "admin",
    "auth",
    "contenttypes",
    "guardian",
    "knox",
}


class Router:
    """What Django asks for the database of a model."""

    def db_for_read(self, model, **hints):
        return "models" if model._meta.app_label in OURS else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, **hints):
        return (db == "models") == (app_label in OURS)


# Without a URL any use of it is an error, as in a project that has no default at all.
other = Env().dj_db_url("DEFAULT_DATABASE_URL", None) if os.environ.get("DEFAULT_DATABASE_URL") else {}
if other and other["ENGINE"].endswith("sqlite3"):
    other["OPTIONS"] = SQLITE_OPTIONS
DATABASES = {"default": other, "models": DATABASE}
DATABASE_ROUTERS = ["mlsite.tests.program.two_databases.Router"]
