"""What `manage.py check` says of the project around us; docs/system_checks.md has every id."""

from predictions.system_checks import folders, placement, project, running

__all__ = ["folders", "placement", "project", "running"]
