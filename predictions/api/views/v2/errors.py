"""Errors in the protocol's one shape, with the statuses of everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from predictions.api import api_errors
from predictions.api.open_inference.messages import BadInference


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler for `/v2`: the same facts and statuses, as {"error": sentence}."""
    if isinstance(error, BadInference):
        return Response({"error": str(error)}, status=400)
    response = api_errors.answer(error, context)
    if response is not None:
        response.data = {"error": response.data["detail"]}
    return response


class V2View(APIView):
    """The base of the views under `/v2`."""

    permission_classes = [AllowAny]

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        """Return the protocol's own."""
        return answer
