"""The project's settings, with the fault points switched on."""

import os

from mlsite.settings import *  # noqa: F403

INSTALLED_APPS += ["scheduling.tests.chaos.apps.ChaosConfig"]  # noqa: F405
CHAOS_FOLDER = os.environ["CHAOS_FOLDER"]
CHAOS_FAULTS = float(os.environ["CHAOS_FAULTS"])
