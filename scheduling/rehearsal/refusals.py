"""What the project's own middleware says in place of a version, and what to do about it."""

import urllib3
from django.conf import settings

from predictions.paths import mounted_at
from scheduling.rehearsal.environment import HOST

REFUSALS = (301, 302, 303, 307, 308, 401, 403, 404, 405, 411, 429)  # no version answers with any of these


def refusal(method: str, path: str, reply: urllib3.BaseHTTPResponse) -> str:
    """Say that the project answered in place of the version, and what could be the reason."""
    own = [name for name in settings.MIDDLEWARE if not name.startswith("django.")]
    to = f" and Location: {reply.headers['Location']}" if "Location" in reply.headers else ""
    return (
        f"The project answered {method} {path} with status {reply.status}{to} before a version could. Let "
        f"its middleware pass requests to the paths below {mounted_at()} that have no session, also with the "
        f"host {HOST}. Middleware that is not Django's: {', '.join(own) or 'none'}."
    )
