"""Signatures of webhooks as standardwebhooks.com describes them."""

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"


def new_secret() -> str:
    """Return 24 random bytes, as the receiver enters them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def signed_headers(body: bytes, *, id: str, seconds: int, secret: str) -> dict[str, str]:
    """Return the three headers for a message that is sent at this time, in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{id}.{seconds}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": id, "webhook-timestamp": str(seconds), "webhook-signature": signature}
