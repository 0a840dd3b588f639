"""Tokens of `rest_framework.authtoken`, for projects that have these and not knox."""

from typing import Any

from rest_framework import authentication

from predictions.callers.authentication import refuse_strange


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token …`: one for each user, without an expiry date."""

    def authenticate_credentials(self, key: str) -> Any:
        """Return (user, token). A token with strange characters is a wrong token, not a server error."""
        refuse_strange(key)
        return super().authenticate_credentials(key)
