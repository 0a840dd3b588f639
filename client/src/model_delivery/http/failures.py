"""Failures of the connection, as errors that say where to look."""

from urllib3 import exceptions as of_urllib3

from model_delivery.errors import DeliveryError, TimedOut, Unreachable

TIMEOUTS = (of_urllib3.ReadTimeoutError, of_urllib3.ConnectTimeoutError)
NEVER_CONNECTED = (of_urllib3.NewConnectionError, of_urllib3.NameResolutionError)


def failure(error: Exception, *, address: str) -> DeliveryError:
    """Return the error of ours for one of urllib3's."""
    reason = error.reason if isinstance(error, of_urllib3.MaxRetryError) and error.reason else error
    if isinstance(reason, of_urllib3.ProxyError):
        return Unreachable(
            f"The proxy in front of {address} does not answer.",
            remedy="Check HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY.",
        )
    if isinstance(reason, of_urllib3.NameResolutionError):
        return Unreachable(f"No host has the name in {address}.", field="url", remedy="Check the address.")
    if isinstance(reason, of_urllib3.SSLError):
        return Unreachable(
            f"The certificate of {address} is not trusted, or it speaks no TLS.", field="url",
            remedy="Use http:// if it has no TLS, or name your own authority's file in SSL_CERT_FILE.",
        )  # fmt: skip
    if isinstance(reason, TIMEOUTS) and not isinstance(reason, NEVER_CONNECTED):
        return TimedOut(
            f"{address} did not answer in time.", field="timeout",
            remedy="Try again, or give it longer: Delivery(…, timeout=300).",
        )  # fmt: skip
    if isinstance(reason, NEVER_CONNECTED):
        return Unreachable(
            f"Nothing answers at {address}.",
            field="url",
            remedy="Check the address, and that the server runs.",
        )
    return Unreachable(
        f"The connection to {address} was cut.",
        remedy="Try again. If it happens with large uploads only, something on the way limits their size.",
    )
