"""How callers prove who they are, in OpenAPI. Registered by being imported."""

from typing import Any

from django.apps import apps
from drf_spectacular import authentication
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class SessionScheme(authentication.SessionScheme):
    """The session's cookie, where the API takes it."""

    target_class = "predictions.callers.sessions.SessionAuthentication"


if apps.is_installed("knox"):

    class TokenScheme(OpenApiAuthenticationExtension):
        """`Authorization: Token …` in Swagger's Authorize dialogue."""

        target_class = "predictions.callers.knox_tokens.TokenAuthentication"
        name = "token"

        def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
            how = 'Write "Token", a space, and the token.'
            return {"type": "apiKey", "in": "header", "name": "Authorization", "description": how}
