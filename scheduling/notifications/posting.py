"""One POST to an address that a person chose: never to a place inside our own network, and not for long."""

import ipaddress
import logging
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from predictions.conf import config

SECONDS = 10  # for a receiver to answer, from the name's look-up to the status
GONE = 410
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotSent(Exception):
    """It did not arrive. `final`: another attempt would not either."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


@contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Raise `NotSent` after so long, however slowly a receiver answers. For the main thread."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise NotSent(f"there was no answer within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def post(address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send it once. Redirects are not followed and the answer is not read. Raises `NotSent`."""
    if refusal := refusal_of(address):
        raise NotSent(refusal, final=True)
    import urllib3

    url = urlsplit(address)
    try:
        status = _status(url, body, {"Content-Type": "application/json", "Host": url.netloc, **headers})
    except (OSError, UnicodeError, urllib3.exceptions.HTTPError) as error:
        raise NotSent(f"{url.hostname} could not be reached ({type(error).__name__})") from None
    if not 200 <= status < 300:
        more = ", and redirects are not followed" if 300 <= status < 400 else ""
        raise NotSent(f"{url.hostname} answered {status}{more}", final=status == GONE)


def refusal_of(address: str) -> str:
    """Return why nothing may be sent there, before the name is looked up; empty if it may."""
    try:
        url = urlsplit(address)
        good = address.isascii() and address.isprintable() and url.port != 0 and url.hostname
    except ValueError:
        return "it is not a URL"
    if not good or url.scheme not in ("http", "https") or "@" in url.netloc:
        return "it should be like https://example.com/hook, without user and password"
    if url.scheme != "https" and not config.NOTIFY_PRIVATE_ADDRESSES:
        return "it should begin with https://"
    return ""


def _status(url: SplitResult, body: bytes, headers: Mapping[str, str]) -> int:
    """Connect to the very address that was checked: a name may lead elsewhere when it is asked again."""
    import urllib3

    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # DEBUG tells the path, a secret

    name, port = str(url.hostname), url.port or (443 if url.scheme == "https" else 80)
    place, options = _checked(name, port), dict[str, Any](timeout=SECONDS, retries=False)
    if url.scheme == "https":
        pool: Any = urllib3.HTTPSConnectionPool(
            place, port, server_hostname=name, assert_hostname=name, cert_reqs="CERT_REQUIRED", **options
        )
    else:
        pool = urllib3.HTTPConnectionPool(place, port, **options)
    target = url._replace(scheme="", netloc="", fragment="", path=url.path or "/").geturl()
    with pool:
        answer = pool.request(
            "POST", target, body=body, headers=headers, redirect=False, preload_content=False
        )
        answer.close()
        return int(answer.status)


def _checked(name: str, port: int) -> str:
    """Return the address that a name leads to. Raises `NotSent` where any of its addresses is inside."""
    found = [entry[4][0] for entry in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    if not config.NOTIFY_PRIVATE_ADDRESSES and not all(is_outside(str(place)) for place in found):
        raise NotSent(f"{name} leads to an address inside a private network, which is not allowed")
    return str(found[0])


def is_outside(place: str) -> bool:
    """Whether an IP address is of the public Internet, and no other address wrapped in one that is."""
    address = ipaddress.ip_address(place.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        wraps = address.ipv4_mapped or address.sixtofour or address.teredo or address in NAT64
        if wraps:
            return False
    return address.is_global and not address.is_multicast
