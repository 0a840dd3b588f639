"""One server: its address, the token, and requests whose failures are errors of ours."""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass
from uuid import uuid4

import urllib3
from urllib3 import Retry, Timeout
from urllib3.filepost import encode_multipart_formdata

from model_delivery.errors import InvalidInput
from model_delivery.http.failures import failure
from model_delivery.http.refusals import not_json, parsed, refusal
from model_delivery.http.retrying import ONCE, REPEATABLE
from model_delivery.shown.telling_console import Teller

CONNECT_SECONDS = 10.0
WAIT_SECONDS = 20  # of one request for the verdict: proxies cut longer ones


class Answered(NamedTuple):
    """A success: its status and its JSON."""

    status: int
    json: Any


class Session:
    """Sends requests below `base`. The token is in no text of it, and goes to no other host."""

    def __init__(self, url: str, token: str = "", *, timeout: float = 120.0) -> None:
        self.base, self._timeout = _base_of(url), timeout
        self._headers = {"Accept": "application/json", "User-Agent": "model-delivery"}
        if token:
            self._headers["Authorization"] = f"Token {_printable(token)}"
        self._pool = _pool_for(self.base)

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON at a path below the base."""
        asked = f"{path}?{urlencode(query)}" if query else path
        return self._send("GET", asked, retries=REPEATABLE).json

    def page(self, path: str) -> bytes:
        """Return what is no JSON: the bytes of a page for people."""
        return self._requested("GET", path, retries=REPEATABLE).data

    def listed(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield the rows of a list, page by page."""
        while True:
            page = self.get(path, **query)
            yield from page["results"]
            if not page.get("next"):
                return
            query = dict(
                parse_qsl(urlsplit(page["next"]).query)
            )  # its host may be one that only proxies know

    def post(self, path: str, body: Any, *, repeatable: bool = False) -> Any:
        """Send JSON. `repeatable` says that sending it twice does no more than once."""
        encoded = body if isinstance(body, bytes) else json.dumps(body, allow_nan=False).encode()
        headers = {"Content-Type": "application/json"}
        return self._send("POST", path, encoded, headers, REPEATABLE if repeatable else ONCE).json

    def upload(self, path: str, fields: list[tuple[str, Any]], *, teller: Teller, what: str) -> Answered:
        """Send a form with files. Whatever is lost on the way, the server does it once, by its key."""
        body, content_type = encode_multipart_formdata(fields)
        headers = {
            "Content-Type": content_type, "Content-Length": str(len(body)),
            "Idempotency-Key": str(uuid4()), "Prefer": f"wait={WAIT_SECONDS}",
        }  # fmt: skip
        with teller.uploading(body, what) as file:
            return self._send("POST", path, file, headers, REPEATABLE, WAIT_SECONDS)

    def _send(self, *asked: Any, **how: Any) -> Answered:
        reply = self._requested(*asked, **how)
        answer = parsed(reply.data)
        if answer is None:
            raise not_json(self.base)
        return Answered(reply.status, answer)

    def _requested(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None,
        retries: Retry = ONCE, wait: float = 0,
    ) -> urllib3.BaseHTTPResponse:  # fmt: skip
        address, url = self.base, self.base + path
        timeout = Timeout(connect=CONNECT_SECONDS, read=self._timeout + wait)
        try:
            reply = self._pool.request(
                method, url, body=body, headers=self._headers | dict(headers or {}), timeout=timeout,
                retries=retries, redirect=False,
            )  # fmt: skip
        except urllib3.exceptions.HTTPError as error:
            raise failure(error, address=address) from None
        if reply.status >= 300:
            raise refusal(reply.status, reply.data, reply.headers, address=address)
        return reply


def path_of(*parts: str) -> str:
    """Return `/api/…` of parts that may have any characters."""
    return "/".join(["/api", *(quote(part, safe="") for part in parts)])


def _base_of(url: str) -> str:
    """Return the address without a slash at its end. Raises `InvalidInput`."""
    if not _is_address(url):
        remedy = 'Give the address as Delivery("https://models.example.org"), or in MODEL_DELIVERY_URL.'
        raise InvalidInput("This is not the address of a server.", field="url", remedy=remedy)
    return url.rstrip("/")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.query
        )
    except ValueError:
        return False


def _printable(token: str) -> str:
    """Return the token. Raises `InvalidInput` where no header could carry it."""
    token = token.strip()
    if not (token.isascii() and token.isprintable()):
        remedy = "Copy it again: it has letters and digits only."
        raise InvalidInput("The token has characters that no token has.", field="token", remedy=remedy)
    return token


def _pool_for(base: str) -> urllib3.PoolManager:
    """Return the connections: through the proxy that the environment names for this host, if any."""
    parts = urlsplit(base)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.netloc):
        return urllib3.ProxyManager(proxy, maxsize=4)
    return urllib3.PoolManager(maxsize=4)


def from_environment(name: str) -> str:
    """Return a variable of the environment, without blanks round it."""
    return os.environ.get(name, "").strip()
