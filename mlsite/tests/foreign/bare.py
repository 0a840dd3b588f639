"""The other project without an admin, sessions, messages and static files: it serves."""

from mlsite.tests.foreign.settings import *  # noqa: F403
from mlsite.tests.foreign.settings import INSTALLED_APPS, MIDDLEWARE

LEFT_OUT = ("admin", "sessions", "messages")
INSTALLED_APPS = [name for name in INSTALLED_APPS if name.removeprefix("django.contrib.") not in LEFT_OUT]
MIDDLEWARE = [name for name in MIDDLEWARE if not any(f".{left}." in name for left in (*LEFT_OUT, "auth"))]
ROOT_URLCONF = "mlsite.tests.foreign.bare_urls"
