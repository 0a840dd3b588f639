"""The documentation names what there is: every variable, check, path, link, command and folder."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from mlsite.tests.command_reference import PAGE, reference
from predictions.api.our_schema.settings import schema_settings
from predictions.conf.problems import KEYS
from predictions.paths import OURS
from scheduling.checks import CHECKS
from scheduling.evidence.provenance import Policy
from scheduling.models import GatePolicy

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
SETTINGS = DOCS / "settings.md"
OUTSIDE = [ROOT / "client" / "README.md", ROOT / "benchmarks" / "GATE.md"]
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md")), *OUTSIDE]
PAGES_OUTSIDE_THE_SCHEMA = {"GET /docs", "GET /schema", "GET /admin/"}
OTHER_PROGRAMS = {"curl", "django-admin", "docker", "pip", "python", "tar"}
IN_THE_ENVIRONMENT = {"granian", "python"}  # of .venv/bin
DECISION = ("Status", "Context", "Decision", "Consequences", "Turned down")

page_by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def test_every_variable_has_its_heading_or_row_and_the_reverse():
    read = [*KEYS, *variables_of_django()]
    read += re.findall(r'environ\.setdefault\("([A-Z_]+)"', (ROOT / "mlsite" / "settings.py").read_text())
    read += re.findall(r"\$\{?([A-Z_]+)", (ROOT / "Procfile").read_text())
    read += re.findall(r"^([A-Z_]+) \?=", (ROOT / "Makefile").read_text(), re.MULTILINE)
    read += re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text())
    rows = re.findall(r"^\| `([A-Z_]+)` \| ", SETTINGS.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(set(read))


def test_docker_compose_passes_on_every_setting():
    compose = (ROOT / "docker-compose.yml").read_text()
    fixed = {
        "VAR_DIR",
        "MEDIA_ROOT",
        "SPOOL_DIR",
        "DEBUG",
        "CLIENT_ADDRESS",
        "AUTHENTICATION_CLASSES",
    }  # by the image or the reference deployment, or for nobody there
    passed = set(re.findall(r"^    ([A-Z_]+):", compose, re.MULTILINE)) - {"PGPASSWORD"}
    assert passed == {*KEYS, *variables_of_django()} - fixed


def variables_of_django():
    """Name -> default of each that is read for one of Django's own settings."""
    settings = (ROOT / "mlsite" / "settings.py").read_text()
    return dict(re.findall(r'env\.\w+\(\s*"([A-Z_]+)", ([^,)]+)', settings))


def test_a_key_is_told_with_its_type_and_other_variables_without_one():
    for name, told in re.findall(r"^\| `([A-Z_]+)` \| (\S+) \| ", SETTINGS.read_text(), re.MULTILINE):
        assert told == (f"`{KEYS[name].type.__name__}`" if name in KEYS else "–"), name


def test_defaults_are_told_as_they_are():
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| \S+ \| `([^`]+)`", SETTINGS.read_text(), re.MULTILINE))
    fixed = {name: str(key.default) for name, key in KEYS.items() if isinstance(key.default, int)}
    fixed |= {name: text for name, text in variables_of_django().items() if text in ("True", "False", "587")}
    assert len(fixed) > 30
    for name, default in fixed.items():
        assert told[name] == default.lower(), name


def test_the_limits_of_the_watch_are_told_with_their_defaults():
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", section(DOCS / "watch.md", "Limits"), re.MULTILINE)
    own = re.compile(r"bake_|watch_|\w+_tolerance")
    assert dict(rows) == {
        field.name: str(field.default) for field in GatePolicy._meta.fields if own.match(field.name)
    }


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_a_page_opens_with_what_its_reader_can_do(page):
    title, opening = page.read_text().split("\n\n")[:2]
    assert title.startswith("# ")
    assert opening.startswith("After this page you")
    assert len(opening.splitlines()) <= 3


def test_every_check_has_its_heading_in_the_order_of_asking():
    found = [t for t in all_titles(DOCS / "checks.md", level=2) if t.startswith("`")]
    assert found == [f"`{check.id}`" for check in CHECKS]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_limit_of_a_check_is_told_with_its_default(check):
    rows = re.findall(
        r"^\| `(\w+)` \| `([^`]+)` \|", section(DOCS / "checks.md", f"`{check.id}`"), re.MULTILINE
    )
    assert dict(rows) == {field.name: str(getattr(check, field.name)) for field in fields(check)}


def test_what_each_check_rests_on_is_told():
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|$", (DOCS / "replay.md").read_text(), re.MULTILINE)
    assert rows == [(check.id, check.rests_on.value) for check in CHECKS]


def test_what_can_be_changed_of_the_policy_for_recorded_runs_is_told():
    options = section(DOCS / "policy.md", "Other limits on recorded runs")
    (row,) = re.findall(r"^\| `--policy .*$", options, re.MULTILINE)
    assert re.findall(r"`(\w+)`", row) == list(Policy.names())


@pytest.mark.django_db
def test_every_operation_of_the_schema_has_its_heading_and_the_reverse():
    with schema_settings():
        schema = SchemaGenerator(urlconf=OURS).get_schema(request=None, public=True)
    operations = {
        f"{method.upper()} {path}" for path, methods in schema["paths"].items() for method in methods
    }
    assert titles(DOCS / "api.md", level=3, code=True) == operations | PAGES_OUTSIDE_THE_SCHEMA


@pytest.mark.parametrize("page", sorted(PAGES_OUTSIDE_THE_SCHEMA))
def test_a_page_outside_the_schema_is_there(page):
    assert resolve(page.removeprefix("GET "))


def test_every_stable_code_of_an_error_is_told():
    from predictions.api.api_errors import STATUS_AND_CODE

    told = re.findall(r"^\| (\d{3}) \| `(\w+)` \|", section(DOCS / "api.md", "Errors"), re.MULTILINE)
    assert {(str(status), code) for status, code in STATUS_AND_CODE.values()} <= set(told)


@page_by_page
def test_every_relative_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in anchors(file), f"{page.name}: {target}"


@page_by_page
def test_every_command_in_a_block_exists(page):
    makefile = (ROOT / "Makefile").read_text()
    for command in commands(page.read_text()):
        words = re.sub(r"^(?:[A-Z_]+=\S+ )+", "", command).split()  # after variables for this command
        program = Path(words[0]).name
        if program == "make":
            targets = [word for word in words[1:] if "=" not in word]
            for target in targets:
                assert re.search(rf"^{target}:", makefile, re.MULTILINE), command
        elif words[0].startswith(".venv/bin/"):
            assert program in IN_THE_ENVIRONMENT, command
        else:
            assert program in OTHER_PROGRAMS, command


@page_by_page
def test_every_management_command_that_is_named_exists(page):
    named = re.findall(r"manage\.py ([a-z_]+)", page.read_text())
    examples = {file.stem for file in ROOT.glob("examples/*/*/management/commands/*.py")}
    assert set(named) <= set(get_commands()) | examples


def test_the_tree_in_the_readme_names_only_what_exists():
    tree = section(ROOT / "README.md", "The tree").split("```")[1]
    folder = ""
    for line in tree.splitlines()[1:]:
        name = line.split()[0]
        path = folder + name if line.startswith("  ") else name
        if not line.startswith("  "):
            folder = name
        assert (ROOT / path).is_dir() if name.endswith("/") else (ROOT / path).is_file(), path


def test_every_package_of_the_project_is_in_the_tree():
    tree = section(ROOT / "README.md", "The tree")
    for package in (file.parent.name for file in ROOT.glob("*/__init__.py")):
        assert f"\n{package}/ " in tree


def test_every_document_can_be_reached_from_the_readme():
    reached, new = set(), {ROOT / "README.md"}
    while new:
        reached |= new
        linked = {(page.parent / link).resolve() for page in new for link in links_of_list(page)}
        new = linked - reached
    assert reached >= set(PAGES)


def links_of_list(page):
    """Where the README leads, and an index page, which are the contents of the site."""
    if page.name == "index.md" or page == ROOT / "README.md":
        yield from re.findall(r"\]\(([^)#\s:]+\.(?:md|ipynb))", page.read_text())


def test_the_page_of_commands_is_as_the_commands_are():
    assert PAGE.read_text() == reference(), "make reference"


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("0*.md")), ids=lambda page: page.stem)
def test_a_decision_has_its_number_and_its_parts(page):
    text = page.read_text()
    assert text.startswith(f"# {page.name[:4]} ")
    places = [re.search(rf"^(## |\*\*){part}\b", text, re.MULTILINE) for part in DECISION]
    assert all(places), page.name
    assert len(text.split()) < 450, "a decision is half a page"


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(page.name[:4]) for page in sorted((DOCS / "decisions").glob("0*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def all_titles(page, *, level):
    """The headings of one level, in order, outside of code blocks."""
    return re.findall(rf"^{'#' * level} (.+)$", without_code(page.read_text()), re.MULTILINE)


def titles(page, *, level, code):
    """The headings of one level that are all code, as a set without the backticks."""
    return {title.strip("`") for title in all_titles(page, level=level) if title.startswith("`") is code}


def section(page, title):
    """The text from a heading to the next one of its level or above."""
    text = page.read_text()
    heading = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert heading, f"{page.name} has no heading {title}"
    rest = text[heading.end() :]
    following = re.search(rf"^#{{1,{len(heading[1])}}} ", rest, re.MULTILINE)
    return rest[: following.start()] if following else rest


def without_code(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(page):
    """The anchors that headings get, as forges make them."""
    found = re.findall(r"^#+ (.+)$", without_code(page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found}


def commands(text):
    """The commands of `sh` and `console` blocks; in the latter after a dollar, the rest is output."""
    for kind, block in re.findall(r"^```(sh|console)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for line in outside_of_quotes(block):
            if kind == "console":
                if not line.startswith("$ "):
                    continue
                line = line.removeprefix("$ ")
            if line.strip():
                yield re.sub(r"^\w+=\$\((.*)\)$", r"\1", line.strip())


def outside_of_quotes(block):
    """The first line of each command: what follows inside quotes or a here-document is its argument."""
    block = re.sub(r"<<'(\w+)'\n.*?^\1$", "", block, flags=re.MULTILINE | re.DOTALL)
    block = re.sub(r"\\\n", " ", block)
    lines, open_quote = [], False
    for line in block.splitlines():
        if not open_quote:
            lines.append(line)
        if len(re.findall(r'(?<!\\)"', line)) % 2:
            open_quote = not open_quote
    return lines
