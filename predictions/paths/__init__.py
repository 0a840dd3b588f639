"""Where the project has mounted our URLs and its admin. Doors: `path_of`, `admin_path`."""

from predictions.paths.admin import admin_path, admin_path_info, has_admin
from predictions.paths.ours import (
    OURS,
    NotMounted,
    base_path,
    below_mount,
    mounted_at,
    path_info_of,
    path_of,
    pointing,
)

__all__ = [
    "OURS",
    "NotMounted",
    "admin_path",
    "admin_path_info",
    "base_path",
    "below_mount",
    "has_admin",
    "mounted_at",
    "path_info_of",
    "path_of",
    "pointing",
]
