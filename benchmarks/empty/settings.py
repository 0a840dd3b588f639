"""The project's own settings, with one path: of an empty view."""

from mlsite.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.empty.urls"
