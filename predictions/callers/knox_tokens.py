"""Tokens of django-rest-knox: stored as a hash, with an expiry date. Imported only where it is installed."""

from typing import Any

from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from predictions.callers.authentication import refuse_strange
from predictions.models.base import is_ahead


class TokenAuthentication(KnoxTokenAuthentication):
    """`Authorization: Token …`, never a cookie."""

    by_header = True

    def authenticate_credentials(self, token: bytes) -> Any:
        """Return (user, token). A token with strange characters is a wrong token, not a server error."""
        refuse_strange(token.decode(errors="replace"))
        user, found = super().authenticate_credentials(token)
        if is_ahead(found.created):  # it would be valid for years
            message = "This token was created in the future, because a clock was wrong. Create a new token."
            raise AuthenticationFailed(message)
        return user, found
