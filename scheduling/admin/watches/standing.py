"""A watch in a list: how it stands as a word with a shape, and when it was looked at."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from predictions.admin.base import two_lines
from predictions.zone import to_minute
from scheduling.models import Watch

Status = Watch.Status
LOOKS = {  # class and shape: a red cross only where something got worse
    Status.OPEN: ("neutral", "○"),
    Status.PASSED: ("good", "✓"),
    Status.ROLLED_BACK: ("bad", "✗"),
    Status.HELD: ("bad", "✗"),
    Status.OVERTAKEN: ("neutral", "–"),
    Status.UNSEEN: ("doubt", "!"),
}


def outcome_of_watch(watch: Watch) -> SafeString:
    """Return the status, and under it the reason or what was only reported."""
    kind, shape = LOOKS[Status(watch.status)]
    why = " ".join(filter(None, [watch.reason, watch.warning, watch.evidence.get("told", "")]))
    return format_html(
        '<span class="outcome {}"><span class="mark" aria-hidden="true">{}</span> {}</span>'
        '<span class="why">{}</span>',
        kind, shape, capfirst(watch.get_status_display()), why,
    )  # fmt: skip


def times_of_watch(watch: Watch) -> SafeString:
    """Return until when it is watched, and when a scheduler looked last."""
    looked = f"last look {to_minute(watch.looked_at)}" if watch.looked_at else "no look yet"
    return two_lines(f"until {to_minute(watch.until)}", looked)
