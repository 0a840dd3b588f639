"""`INSTALLED_APPS` may have the apps in any order."""

from mlsite.tests.processes import clean_environment, run

OURS_FIRST = """
import django
from django.conf import settings
from mlsite import settings as given
values = {name: value for name, value in vars(given).items() if name.isupper()}
ours = ["scheduling", "predictions"]
others = [name for name in values["INSTALLED_APPS"] if name not in ours]
settings.configure(**values | {"INSTALLED_APPS": ours + others})
django.setup()
from django.core.management import call_command
call_command("check", fail_level="WARNING")
"""


def test_ours_may_come_before_all_that_they_build_on(tmp_path):
    done = run("-c", OURS_FIRST, environment=clean_environment(tmp_path))
    assert done.returncode == 0, done.stderr
