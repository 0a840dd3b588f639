"""From a matplotlib figure to an `<svg>` for a page with a strict content security policy.

No style, no date, no id of another picture. Text stays text, and the key colour follows the page's text.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
TEXT = "#010203"  # becomes the colour of the text
CANDIDATE, CHAMPION = "#3f86c9", "#c4690f"  # blue and orange, each with 3 : 1 on white and on black
MARKS = {"champion": (CHAMPION, "s", "--"), "candidate": (CANDIDATE, "o", "-")}  # colour, marker, line
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evidence",
    "grid.alpha": 0.2,
    "font.size": 10,
    "hatch.linewidth": 1.2,
    "hatch.color": "edge",
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "axes.unicode_minus"), False),
    **dict.fromkeys(("text.parse_math", "legend.frameon"), False),
    **dict.fromkeys(("axes.facecolor", "figure.facecolor"), "none"),
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "grid.color"), TEXT),
    **dict.fromkeys(("xtick.color", "ytick.color"), TEXT),
}


@contextmanager
def style() -> Iterator[None]:
    """Draw inside it: the settings of the machine do not matter then."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def panel(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure of this size in inches, and its only axes."""
    figure = Figure(figsize=(width, height))
    return figure, figure.subplots()


def add_legend(axes: Axes, *, columns: int) -> None:
    """Put the legend above the picture."""
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=columns)


def shortened(text: str, longest: int) -> str:
    """Return the text, cut with an ellipsis if it has more than `longest` characters."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def markup(figure: Figure, name: str, title: str, description: str) -> str:
    """Return the picture with its text alternative. Ids begin with `name`."""
    file = io.BytesIO()
    nothing: dict[str, Any] = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    size = {"bbox_inches": "tight", "pad_inches": 0.1}
    figure.savefig(file, format="svg", metadata=nothing, transparent=True, **size)
    root = ElementTree.fromstring(file.getvalue())  # noqa: S314 - what matplotlib has just written
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        _make_safe(element, name)
    _describe(root, name, title, description)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _make_safe(element: ElementTree.Element, name: str) -> None:
    """Make `style="a: b"`, which the policy refuses, into `a="b"`, and ids those of this picture alone."""
    for declaration in element.attrib.pop("style", "").split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key and key != "font-family":  # the page chooses the font
            element.set(key, "currentColor" if value == TEXT else value)
    if element.tag == f"{{{SVG}}}text" and "fill" not in element.attrib:
        element.set("fill", "currentColor")
    for attribute, value in element.attrib.items():
        if attribute == "id":
            element.set(attribute, f"{name}-{value}")
        elif attribute == f"{{{XLINK}}}href":
            element.set(attribute, f"#{name}-{value.removeprefix('#')}")
        elif "url(#" in value:
            element.set(attribute, re.sub(r"url\(#", f"url(#{name}-", value))


def _describe(root: ElementTree.Element, name: str, title: str, description: str) -> None:
    """Add title and description for screen readers. The page sets the size."""
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.attrib |= {"role": "img", "aria-labelledby": f"{name}-title {name}-desc", "class": "picture"}
    for position, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{name}-{tag}"})
        element.text = text
        root.insert(position, element)
