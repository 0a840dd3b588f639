"""The other project with an admin site of its own as the default, beside one that is called as Django's."""

from mlsite.tests.foreign.settings import *  # noqa: F403
from mlsite.tests.foreign.settings import INSTALLED_APPS

ADMIN = "mlsite.tests.foreign.office_site.OfficeConfig"
INSTALLED_APPS = [ADMIN if name == "django.contrib.admin" else name for name in INSTALLED_APPS]
ROOT_URLCONF = "mlsite.tests.mounted.mounted_elsewhere"
