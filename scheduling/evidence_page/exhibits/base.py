"""The shape of an exhibit: figures from the evidence, a description in words, a picture of the figures."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from scheduling.evidence.outcomes import Outcome, without_nan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from scheduling.evidence.evidence import Evidence

log = logging.getLogger("scheduling.runs")


class NothingToShow(Exception):
    """The evidence has nothing of the kind; the message says why, in a sentence."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One exhibit as it is kept: plain values that JSON has. `note` says what is not there, and why."""

    id: str
    title: str
    figures: dict[str, Any]
    description: str = ""
    picture: str = ""  # an `<svg>`, or empty
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For the file."""
        return asdict(self)


class Exhibit:
    """One thing to look at. The picture is made from the figures alone: same figures, same bits."""

    id: ClassVar[str]
    title: ClassVar[str]

    def figures(self, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
        """Return bounded figures, however many rows there are. Raises `NothingToShow`."""
        raise NotImplementedError

    def describe(self, figures: dict[str, Any]) -> str:
        """Say in words what the picture shows: its text alternative."""
        raise NotImplementedError

    def draw(self, figures: dict[str, Any]) -> Figure | None:
        """Draw it, inside `svg.style`; None where the page shows a table instead."""
        raise NotImplementedError


def redacted_features(evidence: Evidence) -> set[str]:
    """Features that people keep out of the prediction log are kept out of the exhibits, too."""
    return set(evidence.candidate.registered_model.redacted_features)


def show(exhibit: Exhibit, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> Shown:
    """Make one exhibit. What fails is told on the page, and fails nothing else."""
    figures: dict[str, Any] = {}
    description = note = picture = ""
    try:
        figures, _ = without_nan(exhibit.figures(evidence, outcomes))
        description = exhibit.describe(figures)
        picture = picture_of(exhibit, figures, description)
    except NothingToShow as nothing:
        note = str(nothing)
    except Exception as error:
        log.warning("the exhibit %s could not be made", exhibit.id, exc_info=True)
        note = f"It could not be made: {type(error).__name__}: {error}"
    return Shown(
        id=exhibit.id,
        title=exhibit.title,
        figures=figures,
        description=description,
        picture=picture,
        note=note,
    )


def picture_of(exhibit: Exhibit, figures: dict[str, Any], description: str) -> str:
    """Return the `<svg>`, or nothing where the page shows a table."""
    from scheduling.evidence_page.exhibits import svg

    with svg.style():
        drawn = exhibit.draw(figures)
        return "" if drawn is None else svg.markup(drawn, exhibit.id, exhibit.title, description)
