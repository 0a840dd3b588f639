"""The shape of an exhibit: figures from the evidence, a description in words, a picture of the figures."""

import logging
from collections.abc import Mapping
from typing import Any, ClassVar

from predictions.contract.error_texts import bare_traceback, public_text
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome, without_nan
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.evidence_page.exhibits import svg

log = logging.getLogger("scheduling.runs")
Outcomes = Mapping[str, Outcome]


class NothingToShow(Exception):
    """The evidence holds nothing for this exhibit; the message says why, in a sentence."""


class Exhibit:
    """One thing to look at. The picture is made from the figures alone: same figures, same bits."""

    id: ClassVar[str]
    title: ClassVar[str]
    everything_is_public: ClassVar[bool] = False  # only counts, shares, names, times or limits

    def figures(self, evidence: Evidence, outcomes: Outcomes) -> dict[str, Any]:
        """Return bounded figures without redacted values. Raises `NothingToShow`, whose text is public."""
        raise NotImplementedError

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        """Return the figures for everybody, if any; `describe` and `draw` accept these as well."""
        return figures if self.everything_is_public else {}

    def describe(self, figures: dict[str, Any]) -> str:
        """Say in words what the picture shows, statistics last: its text alternative."""
        raise NotImplementedError

    def draw(self, figures: dict[str, Any]) -> Any:
        """Return a matplotlib figure, drawn inside `svg.style`; None where the page shows tables."""
        return


def show(exhibit: Exhibit, evidence: Evidence, outcomes: Outcomes) -> dict[str, Any]:
    """Return one exhibit as it is stored. A failure is its note, and affects nothing else.

    Each part has figures that JSON can hold, a description of them, and a picture: an `<svg>`, or empty.
    `private` is for those who may read the prediction log: None if `public` is all there is.
    """
    public, private, notes = _part(exhibit, {}, []), None, list[str]()
    try:
        figures, _ = without_nan(exhibit.figures(evidence, outcomes))
        everybodys = exhibit.public(figures)
        public = _part(exhibit, everybodys, notes)
        private = None if everybodys == figures else _part(exhibit, figures, notes)
    except (NothingToShow, RehearsalFailed) as nothing:
        notes.append(str(nothing))
    except Exception as error:
        notes.append(_failure(exhibit, error))
    about = {"id": exhibit.id, "title": exhibit.title, "note": "".join(notes[:1])}
    return about | {"public": public, "private": private}


def _part(exhibit: Exhibit, figures: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """The description and picture as far as these can be made; what went wrong is added to `notes`."""
    part = {"figures": figures, "description": "", "picture": ""}
    try:
        if figures:
            description = part["description"] = exhibit.describe(figures)
            part["picture"] = picture_of(exhibit, figures, description)
    except Exception as error:
        notes.append(_failure(exhibit, error))
    return part


def _failure(exhibit: Exhibit, error: Exception) -> str:
    log.warning("the exhibit %s could not be made: %s", exhibit.id, bare_traceback(error))
    return f"This picture could not be made: {public_text(error)}"


def picture_of(exhibit: Exhibit, figures: dict[str, Any], description: str) -> str:
    """Return the `<svg>`, or nothing if the page shows a table."""
    with svg.style():
        drawn = exhibit.draw(figures)
        return "" if drawn is None else svg.markup(drawn, exhibit.id, exhibit.title, description)
