"""How many requests each caller may send: RATE_LIMIT_TOKEN and RATE_LIMIT_ANONYMOUS."""

import time
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Any

from django.db import Error
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from predictions.callers.addresses import client_address
from predictions.conf import config
from predictions.models.rate_window import count

SECONDS = {"s": 1, "min": 60, "hour": 3600, "day": 86_400}
IPV6_NETWORK = 64  # bits: one customer has all addresses of such a network


class PerCaller(BaseThrottle):
    """Counts a token's user or an address in windows of fixed length. Loopback is never limited."""

    def allow_request(self, request: Request, view: Any) -> bool:
        user, address = request.user, client_address(request._request)
        known = bool(user.is_authenticated)
        limit = config.RATE_LIMIT_TOKEN if known else config.RATE_LIMIT_ANONYMOUS
        network = network_of(address)
        if not limit or network is None:
            return True
        most, _, unit = limit.partition("/")
        now = time.time()
        started = int(now) // SECONDS[unit] * SECONDS[unit]
        self.seconds_left = started + SECONDS[unit] - now
        try:
            return count(f"user {user.pk}" if known else network, started=started) <= int(most)
        except Error:
            return True

    def wait(self) -> float:
        return ceil(self.seconds_left)


def network_of(address: str) -> str | None:
    """Return what is counted as one caller without a token; None for this host itself."""
    try:
        ip = ip_address(address)
    except ValueError:  # a proxy that tells no address
        return f"address {address[:100]}"
    if ip.is_loopback:
        return None
    return f"address {ip_network((ip, IPV6_NETWORK), strict=False) if ip.version == 6 else ip}"


def throttle_classes() -> list[type[BaseThrottle]]:
    """Return the classes for DRF: none without a limit, for any takes predictions off their fast path."""
    return [PerCaller] if config.RATE_LIMIT_ANONYMOUS or config.RATE_LIMIT_TOKEN else []
