"""Importing it makes Django ready with the project's settings: the checks know the tables."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlsite.settings")
django.setup()
