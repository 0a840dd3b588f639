"""Addresses and secrets of receivers as they are stored: encrypted with a key made from SECRET_KEY.

`cryptography` is imported where it is used: a web worker that saves no subscription goes without it.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

from scheduling.models import Subscription

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

SALT = "scheduling.notifications.sealing"
SEALED = ("sealed_url", "sealed_secret")


class SealedOtherwise(Exception):
    """It was encrypted with a key that is neither SECRET_KEY nor one of SECRET_KEY_FALLBACKS."""


def seal(text: str) -> str:
    """Encrypt with SECRET_KEY."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed, with SECRET_KEY or an older key. Raises `SealedOtherwise`."""
    from cryptography.fernet import InvalidToken

    try:
        return _keys().decrypt(sealed).decode()
    except InvalidToken:
        raise SealedOtherwise from None


def reseal() -> None:
    """Encrypt with SECRET_KEY what an older key can read: afterwards that one may be forgotten."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    for name in SEALED:
        rows = Subscription.objects.exclude(**{name: ""})
        for pk, sealed in rows.values_list("pk", name):
            try:
                anew = seal(unseal(sealed))
            except SealedOtherwise:
                continue  # a system check and the deliveries tell it
            rows.filter(pk=pk, **{name: sealed}).update(**{name: anew})


def can_read(sealed: str) -> bool:
    """Whether there is something, and a key for it."""
    try:
        return bool(sealed and unseal(sealed))
    except SealedOtherwise:
        return False


def _keys() -> MultiFernet:
    """Encrypt with the first, read with any."""
    from cryptography.fernet import Fernet, MultiFernet

    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac(SALT, b"", secret=one, algorithm="sha256").digest() for one in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
