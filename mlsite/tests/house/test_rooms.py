"""No room of the house is so full that a reader has to search it: a subject too many moves out."""

from collections import Counter

from mlsite.tests.processes import ROOT

MOST = 13  # about twelve: one more is better than a room that nobody would look for
FLAT = "scheduling/management/commands"  # Django finds commands in this very folder and in none below it


def test_no_folder_holds_more_than_about_twelve_modules():
    paths = [path for root in ("mlsite", "predictions", "scheduling", "client") for path in modules(root)]
    sizes = Counter(path.parent.relative_to(ROOT).as_posix() for path in paths)
    assert len(sizes) > 100
    assert {room: size for room, size in sizes.items() if size > MOST and room != FLAT} == {}


def modules(root):
    return (path for path in (ROOT / root).rglob("*.py") if path.name != "__init__.py")
