"""Reasons as a card tells them: whole sentences, the first ones, never cut before what to do."""

from django.utils.text import capfirst

from predictions.models import Promotion
from scheduling.evidence.sentences import sentences_of

PROMOTED = "Promoted: "
ENOUGH = 40  # characters: “Promoted: better.” alone says too little


def why_of(flip: Promotion) -> str:
    """Return why a version went live, without the “Promoted:” that stands before it already."""
    said = first_sentence(flip.reason)
    decided, why = said[: len(PROMOTED)], said[len(PROMOTED) :]
    return as_sentence(why) if decided == PROMOTED else said


def first_sentence(text: str) -> str:
    """Return the beginning of a reason: whole sentences until they say something."""
    first, *more = sentences_of(text.split("\n")[0])
    while more and len(first) < ENOUGH:
        first = f"{first}. {as_sentence(more.pop(0))}"
    return f"{first}." if more else first


def as_sentence(text: str) -> str:
    """Return it with a capital letter first; the name of a metric or check, as f1_macro, stays as it is."""
    first = text.partition(" ")[0]
    return text if "_" in first else capfirst(text)
