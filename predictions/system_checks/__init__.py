"""What `manage.py check` says of the project around us; docs/system_checks.md has every id."""

from predictions.conf import system_checks as keys
from predictions.system_checks import folders, placement, project, running

__all__ = ["folders", "keys", "placement", "project", "running"]
