"""The project's own settings; only the paths of the empty views are added."""

from mlsite.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
