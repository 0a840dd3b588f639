"""The shape of an exhibit: figures from the evidence, a description in words, a picture of the figures."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from predictions.contract.error_texts import bare_traceback, public_text
from scheduling.evidence.outcomes import Outcome, without_nan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from scheduling.evidence.evidence import Evidence

log = logging.getLogger("scheduling.runs")


class NothingToShow(Exception):
    """The evidence has nothing of the kind; the message says why, in a sentence."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Figures that JSON has, a description of them, and a picture: an `<svg>`, or empty."""

    figures: dict[str, Any]
    description: str = ""
    picture: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One exhibit as it is kept. `note` says what is not there, and why.

    `private` is for those who may read the prediction log: None where `public` is all there is.
    """

    id: str
    title: str
    public: Part
    private: Part | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For the file."""
        return asdict(self)


class Exhibit:
    """One thing to look at. The picture is made from the figures alone: same figures, same bits."""

    id: ClassVar[str]
    title: ClassVar[str]

    def figures(self, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
        """Return bounded figures, however many rows there are, without values of redacted features.

        Raises `NothingToShow`, whose text is for everybody.
        """
        raise NotImplementedError

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        """Return those that everybody may see: counts, shares, names and limits.

        Nothing, where an exhibit does not say so. `describe` and `draw` take these as well.
        """
        return {}

    def describe(self, figures: dict[str, Any]) -> str:
        """Say in words what the picture shows: its text alternative."""
        raise NotImplementedError

    def draw(self, figures: dict[str, Any]) -> Figure | None:
        """Draw it, inside `svg.style`; None where the page shows a table instead, or nothing."""
        raise NotImplementedError


def show(exhibit: Exhibit, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> Shown:
    """Make one exhibit. What fails is told on the page, and fails nothing else."""
    public, private = Part(figures={}), None
    notes: list[str] = []
    try:
        figures, _ = without_nan(exhibit.figures(evidence, outcomes))
        everybodys = exhibit.public(figures)
        public = _part(exhibit, everybodys, notes)
        private = None if everybodys == figures else _part(exhibit, figures, notes)
    except NothingToShow as nothing:
        notes.append(str(nothing))
    except Exception as error:
        notes.append(_told(exhibit, error))
    note = notes[0] if notes else ""
    return Shown(id=exhibit.id, title=exhibit.title, public=public, private=private, note=note)


def _part(exhibit: Exhibit, figures: dict[str, Any], notes: list[str]) -> Part:
    """The figures with their description and picture, as far as these can be made; adds to `notes`."""
    description = picture = ""
    try:
        if figures:
            description = exhibit.describe(figures)
            picture = picture_of(exhibit, figures, description)
    except Exception as error:
        notes.append(_told(exhibit, error))
    return Part(figures=figures, description=description, picture=picture)


def _told(exhibit: Exhibit, error: Exception) -> str:
    log.warning("the exhibit %s could not be made: %s", exhibit.id, bare_traceback(error))
    return f"It could not be made: {public_text(error)}"


def picture_of(exhibit: Exhibit, figures: dict[str, Any], description: str) -> str:
    """Return the `<svg>`, or nothing where the page shows a table."""
    from scheduling.evidence_page.exhibits import svg

    with svg.style():
        drawn = exhibit.draw(figures)
        return "" if drawn is None else svg.markup(drawn, exhibit.id, exhibit.title, description)
