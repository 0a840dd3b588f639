"""What `manage.py check` says of the project around us; docs/system_checks.md has every id."""

from predictions.callers import system_checks as callers
from predictions.conf import system_checks as keys
from predictions.lane import middleware
from predictions.paths import system_checks as paths
from predictions.system_checks import folders, placement, project, running

__all__ = ["callers", "folders", "keys", "middleware", "paths", "placement", "project", "running"]
