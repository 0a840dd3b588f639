"""The docs as a site, built by `make docs` from Markdown pages, which also read well without it."""

import json
import re
from typing import Any

from sphinx.application import Sphinx

project = "Models in delivery"
extensions = ["myst_parser"]
root_doc = "docs/index"
source_suffix = {".md": "markdown", ".ipynb": "markdown"}
include_patterns = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/**.md",
    "docs/*.ipynb",
    "client/README.md",
    "benchmarks/*.md",
]
exclude_patterns = [".*", "media", "var"]
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # console blocks go on over lines without a prompt

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4  # as code hosts make them

html_theme = "furo"
html_title = project
html_static_path = ["site"]
html_favicon = "site/icon.svg"
html_show_copyright = False
html_copy_source = False
html_use_index = False
html_permalinks_icon = "#"
html_theme_options: dict[str, list[str]] = {"footer_icons": [], "top_of_page_buttons": []}

PAGE = re.compile(r"^- \[([^\]]+)\]\(([^)#:]+)\.(?:md|ipynb)\)", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\((\.[^)#]+)\)")


def add_contents(app: Sphinx, name: str, source: list[str]) -> None:
    """The lists of links on an index page are the site's table of contents too, by heading."""
    if name.endswith("/index"):
        for part in f"\n{source[0]}".split("\n## "):
            if pages := "\n".join(f"{title} <{page}>" for title, page in PAGE.findall(part)):
                caption = "" if part.startswith("\n") else f":caption: {part.splitlines()[0]}\n"
                source[0] += f"\n```{{toctree}}\n:hidden:\n{caption}\n{pages}\n```\n"


def unlink_folders(app: Sphinx, name: str, source: list[str]) -> None:
    """A link to a folder of the repository is its name here: a site has no page for it."""
    here = app.env.doc2path(name).parent
    source[0] = LINK.sub(lambda link: link[1] if (here / link[2]).is_dir() else link[0], source[0])


def read_notebook(app: Sphinx, name: str, source: list[str]) -> None:
    """A notebook is its Markdown, its code, and what the code printed, one after the other."""
    if app.env.doc2path(name).suffix == ".ipynb":
        source[0] = "\n\n".join(map(_markdown, json.loads(source[0])["cells"]))


def _markdown(cell: dict[str, Any]) -> str:
    text = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return text
    printed = "".join("".join(output["text"]) for output in cell["outputs"])
    return f"```python\n{text}\n```" + (f"\n\n```text\n{printed}```" if printed else "")


def mend_for_keyboard_and_ear(
    app: Sphinx, name: str, template: str, context: dict[str, Any], _: object
) -> None:
    """What scrolls is reached by Tab; the captions of the contents say their level."""
    context["body"] = context.get("body", "").replace("<pre>", '<pre tabindex="0">')
    context["body"] = context["body"].replace(
        '<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'
    )
    tree = context["furo_navigation_tree"]
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')


def setup(app: Sphinx) -> None:
    """Sphinx calls this."""
    app.connect("source-read", add_contents)
    app.connect("source-read", read_notebook)
    app.connect("source-read", unlink_folders)
    app.connect("html-page-context", mend_for_keyboard_and_ear, priority=900)  # after the theme
