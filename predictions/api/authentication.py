"""Callers by token: hashed at rest, with an expiry, never by a cookie."""

from typing import Any

from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from predictions.models.clock import is_ahead


class TokenAuthentication(KnoxTokenAuthentication):
    """`Authorization: Token …`; made in the admin or by `manage.py create_token`."""

    def authenticate_credentials(self, token: bytes) -> Any:
        """Return (user, token); a token of other characters is a wrong token, not a server error."""
        if not (token.isascii() and token.decode().isprintable()):
            raise AuthenticationFailed("Invalid token.")
        user, found = super().authenticate_credentials(token)
        if is_ahead(found.created):  # it would be good for years
            raise AuthenticationFailed(
                "This token is dated in a time to come: a clock was wrong. Make a new one."
            )
        return user, found
