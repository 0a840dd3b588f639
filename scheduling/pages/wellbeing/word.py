"""Whether what is live is well: a word with the facts behind it, the worst of them."""

from dataclasses import dataclass
from enum import Enum

from predictions.models.people.access import May


class Word(Enum):
    """The word, and the shape that says the same without colour."""

    WELL = "Running normally", "✓"
    LOOK = "Take a look", "▲"
    NOT_WELL = "Not well", "✗"
    LOADING = "Going live", "·"
    NOT_ASKED = "Not asked for an hour", "·"
    NOT_ASKED_YET = "No request since it went live", "·"
    NOT_ASKED_AGAIN = "No request since it went live again", "·"
    NEW_DATA = "Running, new data not checked", "·"
    UNKNOWN = "Not known", "·"  # of a fact only
    NOTHING_LIVE = "Nothing is live", "○"

    @property
    def text(self) -> str:
        return self.value[0]

    @property
    def shape(self) -> str:
        return self.value[1]

    @property
    def slug(self) -> str:
        return self.name.lower().replace("_", "-")


WORST_FIRST = (
    Word.NOT_WELL, Word.LOOK, Word.LOADING, Word.NOT_ASKED, Word.NOT_ASKED_YET, Word.NOT_ASKED_AGAIN,
    Word.NEW_DATA,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that was looked at: what it is, what was found, and how that is."""

    name: str
    found: str
    word: Word = Word.WELL
    href: str = ""  # where it is read
    why: str = ""  # one sentence with what to do, where it is not well
    action: str = "See what is wrong"  # of the link there
    may: May = May.ROLL_BACK  # what a person has to be allowed to, who can do it


@dataclass(frozen=True, kw_only=True)
class Wellbeing:
    """The word is the worst of the facts': green only where nothing is wrong and it was asked lately."""

    facts: list[Fact]

    @property
    def word(self) -> Word:
        words = [fact.word for fact in self.facts]
        return next((word for word in WORST_FIRST if word in words), Word.WELL)

    @property
    def wrong(self) -> list[Fact]:
        """Those that a person should look at, the worst first."""
        wrong = [fact for fact in self.facts if fact.why]
        return sorted(wrong, key=lambda fact: fact.word is not Word.NOT_WELL)

    @property
    def why(self) -> str:
        return " ".join(fact.why for fact in self.wrong)
