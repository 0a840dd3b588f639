"""Whether the live API answers: a model that cannot be reached should not be replaced."""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from predictions.conf import setting_name
from predictions.contract.error_texts import kind_of
from predictions.paths import path_info_of
from scheduling.checks.base import Check, RestsOn
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome, of_any_feature

LONGEST = 500
REMEDIES = {
    None: "Start the web server there, or correct {}.",
    400: "Put its host into ALLOWED_HOSTS.",
    404: "Give {} as scheme, host and port, without the prefix of our URLs.",
}
ANSWERS = (200, 401, 403)  # a model that is not public is an answer too: 401 by token, 403 by session


@dataclass(frozen=True, kw_only=True)
class ApiHealth(Check):
    """`GET /` and `GET /current_model`, below the prefix of our URLs, of the live API at API_BASE_URL."""

    id = "api_health"
    title = "Is the live API up?"
    rests_on = RestsOn.MOMENT
    attempts: Annotated[int, Meta(ge=1, le=20)] = 4
    timeout_seconds: Annotated[float, Meta(gt=0, le=60)] = 5.0

    def run(self, evidence: Evidence) -> Outcome:
        problems, measured, words = [], {}, {}
        for name, expected in (("home", "health_check"), ("current_model", None)):
            path = path_info_of(name)
            started = time.perf_counter()
            status, body, said = self._get(evidence.api_base_url + path)
            measured[path] = {"status": status, "seconds": round(time.perf_counter() - started, 4)}
            if status not in ANSWERS or not isinstance(body, dict):
                why = f"answered with status {status}" if isinstance(body, dict) else body
                problems.append(f"GET {path} of {evidence.api_base_url} {why}.")
                words[path] = said[:LONGEST]
            elif expected and body.get(expected) != "success":
                why = f'does not contain "{expected}": "success"'
                problems.append(f"GET {path} of {evidence.api_base_url} {why}.")
        asked = [one["status"] for one in measured.values()]
        problems += [
            remedy.format(setting_name("API_BASE_URL"))
            for status, remedy in REMEDIES.items()
            if status in asked
        ]
        details = {"said": of_any_feature(words, redacted=evidence.redacted)}
        passed = f"{evidence.api_base_url} answers."
        return Outcome.judged(problems, passed=passed, measured=measured, details=details)

    def _get(self, url: str) -> tuple[int | None, dict[str, Any] | str, str]:
        """Return status, JSON body or a clause why there is none, and the raw answer."""
        import urllib3

        retries = urllib3.Retry(
            total=self.attempts - 1, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]
        )
        try:
            with urllib3.PoolManager(retries=retries, timeout=self.timeout_seconds) as pool:
                reply = pool.request("GET", url, headers={"Accept": "application/json"})
        except urllib3.exceptions.HTTPError as error:
            kind = kind_of(getattr(error, "reason", None) or error)
            return None, f"gave no answer (attempts: {self.attempts}, {kind})", str(error)
        said = reply.data.decode(errors="replace")
        body = None
        with suppress(ValueError):
            body = json.loads(said)
        why = f"answered with status {reply.status} and no JSON object"
        return reply.status, body if isinstance(body, dict) else why, said
