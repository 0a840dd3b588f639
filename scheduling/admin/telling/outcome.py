"""What became of a message: a word with a shape, and a sentence."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictions.zone import to_second
from scheduling.models import Delivery

State = Delivery.State
LOOKS = {  # class, shape, word
    State.WAITING: ("neutral", "○", "Waiting"),
    State.SENT: ("good", "✓", "Sent"),
    State.GAVE_UP: ("bad", "✗", "Gave up"),
    State.WITHHELD: ("doubt", "–", "Withheld"),
}


def outcome_of(delivery: Delivery) -> SafeString:
    """Return it for a list and for a page."""
    kind, shape, word = LOOKS[State(delivery.state)]
    return format_html(
        '<span class="outcome {}"><span class="mark" aria-hidden="true">{}</span> {}</span>'
        '<span class="why">{}</span>',
        kind, shape, word, sentence_of(delivery),
    )  # fmt: skip


def sentence_of(delivery: Delivery) -> str:
    """Return why it stands so, and when it goes on."""
    tried = f"{delivery.attempts} attempt{'' if delivery.attempts == 1 else 's'}"
    if delivery.state == State.WITHHELD:
        return "The person may not read about the model, or the account is closed."
    if delivery.state == State.SENT and delivery.ended_at:
        return f"At {to_second(delivery.ended_at)}, {tried}."
    if not delivery.attempts:
        return "A scheduler sends it within seconds, or at the end of the quiet hours."
    failed = f"{tried}; the last one failed: {delivery.last_error}"
    return (
        f"{failed}. Next attempt: {to_second(delivery.next_at)}."
        if delivery.state == State.WAITING
        else failed
    )
