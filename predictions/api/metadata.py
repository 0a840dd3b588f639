"""What OPTIONS answers: the methods of a path. `/schema` tells everything else."""

from typing import Any

from rest_framework.metadata import BaseMetadata


class Methods(BaseMetadata):
    """DRF's own asks a view for its serializer, and falls over those that have none."""

    def determine_metadata(self, request: Any, view: Any) -> dict[str, Any]:
        """Name them."""
        return {"methods": view.allowed_methods}
