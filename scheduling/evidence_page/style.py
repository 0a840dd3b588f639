"""The style that evidence files contain, and its source for a content security policy. Settings import it."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

EVIDENCE_STYLE = (Path(__file__).parent.parent / "static/scheduling/evidence.css").read_text()
EVIDENCE_STYLE_SOURCE = f"sha256-{b64encode(sha256(EVIDENCE_STYLE.encode()).digest()).decode()}"
