"""The Django project: settings, paths and what the web server runs."""

from predictions import PACKAGES

PACKAGES.add(__name__)
