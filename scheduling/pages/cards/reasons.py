"""Reasons as a card tells them: whole sentences, the first ones, never cut before what to do."""

from django.utils.text import Truncator, capfirst

from predictions.models import Promotion
from scheduling.evidence.sentences import sentences_of

PROMOTED = "Promoted: "
APPROVED = " (approved "  # run 7 (retrain iris): its reason)
MOST = 300  # characters
ENOUGH = 40  # characters: “Promoted: better.” alone says too little


def why_of(flip: Promotion) -> str:
    """Return why a version went live, without the “Promoted:” that stands before it already.

    Of an approval what the person said, and then what the run found.
    """
    of_person, approved, _ = flip.reason.partition(APPROVED)
    if approved and flip.run:
        return f"{shortened(of_person.rstrip('. '))}. {first_sentence(flip.run.reason)}"
    said = first_sentence(flip.reason)
    decided, why = said[: len(PROMOTED)], said[len(PROMOTED) :]
    return shortened(as_sentence(why) if decided == PROMOTED else said)


def shortened(text: str) -> str:
    """Return what a card has room for; the promotion has all of it."""
    return Truncator(text).chars(MOST)


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
