"""JSON in, JSON out, whatever the headers say: choosing costs more than the prediction."""

from typing import Any

from rest_framework.negotiation import BaseContentNegotiation


class JSONOnly(BaseContentNegotiation):
    """Each view has one parser and one renderer, and uses them."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """The view's parser, also for a request that names no content type."""
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        """The view's renderer."""
        return renderers[0], renderers[0].media_type
