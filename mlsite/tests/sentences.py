"""Every sentence that a person may meet, out of the program's own text: strings of the code, words of pages.

`make sentences` writes them to `sentences.txt` beside this file, each once, under the file it stands in. A
test compares: whoever changes a sentence shows it there, where all can be read in one go.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SNAPSHOT = Path(__file__).with_name("sentences.txt")
APPS = ("mlsite", "predictions", "scheduling", "client/src")
LEAST_WORDS = 3
WORD = re.compile(r"[A-Za-z]{2,}")
CODE = re.compile(r"^[\w./:<>{}\[\]()*$^\\|?+=-]*$|^\s*(select|insert|update|create|pragma)\b", re.IGNORECASE)
TAGS = re.compile(r"<(script|style).*?</\1>|<[^>]*>|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def sentences() -> str:
    """Return the snapshot as it should be."""
    parts = []
    for path in files():
        found = of_page(path) if path.suffix == ".html" else of_code(path)
        if lines := list(dict.fromkeys(found)):
            parts.append("\n".join([f"# {path.relative_to(ROOT)}", *lines, ""]))
    return "\n".join(parts)


def files() -> Iterator[Path]:
    """The program's modules and pages, without tests and migrations."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            if path.suffix in (".py", ".html") and not {"tests", "migrations"} & set(path.parts):
                yield path


def of_code(path: Path, least: int = LEAST_WORDS) -> Iterator[str]:
    """Strings of a module that read as words; what is put into them stands in braces."""
    tree = ast.parse(path.read_text())
    inner = {id(part) for node in ast.walk(tree) for part in _parts(node)}
    for node in ast.walk(tree):
        if id(node) not in inner and (text := _text(node)) and reads_as_words(text, least):
            yield " ".join(text.split())


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What belongs to something that is told as a whole, or is a docstring."""
    if isinstance(node, ast.JoinedStr):
        yield from (part for part in ast.walk(node) if part is not node and isinstance(part, ast.Constant))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_piece(part) for part in node.values)
    return ""


def _piece(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"


def of_page(path: Path) -> Iterator[str]:
    """The words of a template, line by line."""
    for line in TAGS.sub("\n", path.read_text()).splitlines():
        text = " ".join(unescape(line).split())
        if reads_as_words(text):
            yield text


def reads_as_words(text: str, least: int = LEAST_WORDS) -> bool:
    """Whether a person would read it: some words, and not only the signs of a program."""
    bare = re.sub(r"\{.*?\}", "", text)
    return len(WORD.findall(bare)) >= least and not CODE.match(text)


if __name__ == "__main__":
    SNAPSHOT.write_text(sentences())
