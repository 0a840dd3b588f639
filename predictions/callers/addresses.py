"""From which address a request comes: CLIENT_ADDRESS."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.utils.module_loading import import_string

from predictions.conf import config


def remote_address(request: HttpRequest) -> str:
    """Return the address at the other end of the connection: behind a proxy, the proxy's."""
    return str(request.META.get("REMOTE_ADDR", ""))


def client_address(request: HttpRequest) -> str:
    """Return what the function of the setting says."""
    return str(_function(config.CLIENT_ADDRESS)(request))


@lru_cache
def _function(path: str) -> Any:
    return import_string(path)
