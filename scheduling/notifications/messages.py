"""What a message says, in the words of each channel."""

import json

from predictions.conf import config
from predictions.paths import admin_path_info
from scheduling.models import Delivery, Notice

MOST_BYTES = 64 * 1024  # of a body: each part of a notice is bounded, so this is never met


def url_of(notice: Notice) -> str:
    """Return the address of the page that shows it; of the site, where it has no admin."""
    path = admin_path_info(notice.page, *([] if notice.page_id is None else [notice.page_id]))
    return config.SITE_URL.rstrip("/") + path


def text_of(notice: Notice) -> str:
    """Return what happened, why, on what evidence, and the link: a paragraph each."""
    parts = [
        notice.what,
        notice.why and f"Why: {notice.why}",
        notice.evidence and f"Evidence: {notice.evidence}",
    ]
    return "\n\n".join([*filter(None, parts), url_of(notice)])


def subject_of(notice: Notice) -> str:
    """Return one line: a mail server refuses more."""
    return " ".join(notice.what.split())[:150]


def webhook_body(delivery: Delivery) -> bytes:
    """Return type, time and data, as standardwebhooks.com recommends."""
    notice = delivery.notice
    model = notice.registered_model
    data = {
        "model": model.name if model else None,
        "what": notice.what,
        "why": notice.why,
        "evidence": notice.evidence,
        "url": url_of(notice),
    }
    return _as_bytes({"type": notice.event, "timestamp": notice.at.isoformat(), "data": data})


def slack_body(delivery: Delivery) -> bytes:
    """Return the text alone, with what Slack would read as a command written out."""
    text = text_of(delivery.notice)
    for sign, written in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
    ):  # as Slack asks; else `<!channel>` calls
        text = text.replace(sign, written)
    return _as_bytes({"text": text})


def _as_bytes(body: object) -> bytes:
    written = json.dumps(body).encode()
    assert len(written) <= MOST_BYTES
    return written
