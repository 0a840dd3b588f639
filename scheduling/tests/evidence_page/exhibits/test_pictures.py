"""The pictures: well-formed, the same bits each time, without style, script or anything from elsewhere."""

import re
from xml.etree import ElementTree

import pytest

from mlsite.tests.house.test_words import broken
from scheduling.checks import CHECKS_BY_ID
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.evidence_page.exhibits import EXHIBITS
from scheduling.evidence_page.exhibits.base import show
from scheduling.evidence_page.exhibits.gain import Gain
from scheduling.evidence_page.exhibits.svg import CANDIDATE, CHAMPION
from scheduling.tests.evidence_factory import ask, make_evidence

SVG = "{http://www.w3.org/2000/svg}"
NASTY = 'a <b> & "c" $d_1$ </svg><script>alert(1)</script>'
NOT_DRAWN = {"changed_rows"}


@pytest.fixture(scope="module")
def shown(forests):
    """Every exhibit of a run that has something for each."""
    evidence = make_evidence(forests)
    outcomes = {
        name: ask(CHECKS_BY_ID[name], evidence) for name in ("latency", "feature_drift", "evaluation_metrics")
    }
    one = {"name": NASTY, "condition": "x < 1", "rows": 60, "gain": -0.1, "champion": 0.9, "candidate": 0.8}
    one |= {"features": ["x"], "share": 0.5}
    slices = [one | {"low": -0.3, "high": -0.1, "worse": worse} for worse in (True, False)]
    outcomes["slices"] = Outcome(level=Level.PASS, message="ok", details={"found": slices})
    return [{one["id"]: one for one in _all(evidence, outcomes)} for _ in range(2)]


def _all(evidence, outcomes):
    return [show(exhibit, evidence, outcomes) for exhibit in EXHIBITS]


def whole(one):
    """As those see it who may read the prediction log."""
    return one["private"] or one["public"]


def pictures(shown):
    return {name: whole(one)["picture"] for name, one in shown[0].items() if name not in NOT_DRAWN}


def test_each_is_there_well_formed_and_small(shown):
    for name, picture in pictures(shown).items():
        root = ElementTree.fromstring(picture)
        assert root.tag == f"{SVG}svg", name
        assert root.get("viewBox")
        assert len(picture) < 100_000, name
    assert [one["note"] for one in shown[0].values()] == [""] * len(EXHIBITS)


def test_the_same_figures_give_the_same_bits(shown):
    assert shown[0] == shown[1]


def test_nothing_in_them_is_refused_by_a_strict_policy(shown):
    for picture in pictures(shown).values():
        for element in ElementTree.fromstring(picture).iter():
            assert element.tag not in {f"{SVG}{tag}" for tag in ("style", "script", "image", "foreignObject")}
            for attribute, value in element.attrib.items():
                assert attribute != "style"
                assert not attribute.startswith("on")
                if attribute.endswith("href"):
                    assert value.startswith("#")
                assert not re.search(r"url\((?!#)", value)


def test_ids_are_unique_over_all_and_every_reference_leads_somewhere(shown):
    every = [element for p in pictures(shown).values() for element in ElementTree.fromstring(p).iter()]
    ids = [element.get("id") for element in every if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in every:
        for value in element.attrib.values():
            for target in re.findall(r"url\(#([^)]+)\)", value):
                assert target in ids
        used = element.get("{http://www.w3.org/1999/xlink}href")
        assert used is None or used[1:] in ids


def test_each_has_a_text_alternative(shown):
    for name, picture in pictures(shown).items():
        root = ElementTree.fromstring(picture)
        assert root.get("role") == "img"
        told = {element.get("id"): element.text for element in root if element.get("id")}
        named = [told[target] for target in root.get("aria-labelledby").split()]
        assert named == [shown[0][name]["title"], whole(shown[0][name])["description"]]
        assert all(named)


def test_one_thing_has_one_word_in_pictures_and_below_them(shown):
    """One-word strings are names in the code, so they are looked for where they are drawn."""
    drawn = [
        text for picture in pictures(shown).values() for text in ElementTree.fromstring(picture).itertext()
    ]
    told = [shown[0][name][kind]["description"] for name in shown[0] for kind in ("public", "private")
            if shown[0][name][kind]]  # fmt: skip
    assert [what for text in drawn + told for what in broken(text)] == []
    assert "live version" in drawn


def test_text_takes_the_colour_of_the_page(shown):
    for picture in pictures(shown).values():
        texts = list(ElementTree.fromstring(picture).iter(f"{SVG}text"))
        assert texts
        assert {text.get("fill") for text in texts} == {"currentColor"}
        assert "#000000" not in picture


def test_names_are_text_and_neither_markup_nor_mathematics(shown):
    picture = pictures(shown)["slices"]
    texts = [text.text for text in ElementTree.fromstring(picture).iter(f"{SVG}text")]
    assert any(text.startswith('a <b> & "c" $d_1$') for text in texts)
    assert "<script" not in picture


def test_what_everybody_sees_is_drawn_as_well_where_it_has_no_values(shown):
    public = {name for name, one in shown[0].items() if one["public"]["picture"]}
    assert public == {"gain", "confusion", "calibration", "latency", "slices"}
    for name in public:
        assert ElementTree.fromstring(shown[0][name]["public"]["picture"]).tag == f"{SVG}svg"


@pytest.mark.parametrize("colour", [CANDIDATE, CHAMPION])
@pytest.mark.parametrize("background", ["#ffffff", "#121212"])
def test_the_colours_stand_out_on_either_background(colour, background):
    """WCAG 2.1, 1.4.11: 3 to 1. Marker, line and hatching differ as well."""
    lighter, darker = sorted((luminance(colour), luminance(background)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_picture_that_fails_is_told_and_fails_nothing(forests, monkeypatch):
    def broken(exhibit, figures):
        raise MemoryError("no more")

    monkeypatch.setattr(Gain, "draw", broken)
    evidence = make_evidence(forests)
    outcomes = {"evaluation_metrics": ask(CHECKS_BY_ID["evaluation_metrics"], evidence)}
    one = show(Gain(), evidence, outcomes)
    assert (one["public"]["picture"], one["note"].split(": ")[1:]) == ("", ["MemoryError", "out of memory"])
    assert one["public"]["figures"]["metric"] == "f1_macro"
