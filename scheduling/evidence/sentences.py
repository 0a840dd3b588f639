"""The sentences of a text. Inside of brackets nothing ends: a part would have one that never closes."""

from collections.abc import Iterator


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text without the full stops and spaces between them."""
    found, begin = [], 0
    for end in _ends(text):
        found.append(text[begin:end])
        begin = end + len(". ")
    return [*found, text[begin:]]


def _ends(text: str) -> Iterator[int]:
    depth = 0
    for place, letter in enumerate(text):
        if letter in "([":
            depth += 1
        elif letter in ")]":
            depth = max(0, depth - 1)
        elif not depth and text.startswith(". ", place):
            yield place
