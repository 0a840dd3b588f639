"""From which address a request comes: CLIENT_ADDRESS."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from django.http import HttpRequest
from django.utils.module_loading import import_string

from predictions.conf import config


def remote_address(request: HttpRequest) -> str:
    """Return the address at the other end of the connection: behind a proxy, the proxy's."""
    return str(request.META.get("REMOTE_ADDR", ""))


def client_address(request: HttpRequest) -> str:
    """Return what the function of the setting says."""
    return str(function_of(config.CLIENT_ADDRESS)(request))


@lru_cache
def function_of(path: str) -> Callable[[HttpRequest], Any]:
    """Raises `ImportError` where there is none."""
    found = import_string(path)
    if not callable(found):
        raise ImportError(f"{path} is no function")
    return cast(Callable[[HttpRequest], Any], found)
