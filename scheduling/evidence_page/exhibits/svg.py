"""From a matplotlib figure to an `<svg>` that stands in a page under a strict content security policy.

No style sheet, no style attribute, no date, no id that another picture has; text stays text, and what is
drawn in the key colour takes the colour of the text around it, in dark mode too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
TEXT = "#010203"  # becomes the colour of the text
CANDIDATE, CHAMPION = "#3f86c9", "#c4690f"  # blue and orange, each with 3 : 1 on white and on black
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evidence",
    "text.parse_math": False,
    "text.color": TEXT,
    "axes.edgecolor": TEXT,
    "axes.labelcolor": TEXT,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
    "figure.facecolor": "none",
    "grid.color": TEXT,
    "grid.alpha": 0.2,
    "legend.frameon": False,
    "hatch.linewidth": 1.2,
    "hatch.color": "edge",
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "font.size": 10,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw in here: the same settings whatever the machine's are."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def markup(figure: Figure, name: str, title: str, description: str) -> str:
    """Return the picture with its text alternative. Ids begin with `name`."""
    file = io.BytesIO()
    nothing: dict[str, Any] = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(
        file, format="svg", metadata=nothing, transparent=True, bbox_inches="tight", pad_inches=0.1
    )
    root = ElementTree.fromstring(file.getvalue())  # noqa: S314 - what matplotlib has just written
    _drop(root, f"{{{SVG}}}metadata", f"{{{SVG}}}style")
    for element in root.iter():
        _attributes_from_style(element)
        _prefix_ids(element, name)
    _tell(root, name, title, description)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _drop(root: ElementTree.Element, *tags: str) -> None:
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in tags]:
            parent.remove(child)


def _attributes_from_style(element: ElementTree.Element) -> None:
    """`style="a: b"` is refused under the policy, `a="b"` is not. The page chooses the font."""
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name and name != "font-family":
            element.set(name, "currentColor" if value == TEXT else value)
    if element.tag == f"{{{SVG}}}text" and "fill" not in element.attrib:
        element.set("fill", "currentColor")


def _prefix_ids(element: ElementTree.Element, name: str) -> None:
    for attribute, value in element.attrib.items():
        if attribute == "id":
            element.set(attribute, f"{name}-{value}")
        elif attribute == f"{{{XLINK}}}href":
            element.set(attribute, f"#{name}-{value.removeprefix('#')}")
        elif "url(#" in value:
            element.set(attribute, re.sub(r"url\(#", f"url(#{name}-", value))


def _tell(root: ElementTree.Element, name: str, title: str, description: str) -> None:
    """For screen readers; its size is the page's business."""
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.attrib |= {"role": "img", "aria-labelledby": f"{name}-title {name}-desc", "class": "picture"}
    for position, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{name}-{tag}"})
        element.text = text
        root.insert(position, element)
