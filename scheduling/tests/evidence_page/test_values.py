"""What was recorded, as people read it: names in words, and nothing of it as JSON."""

from scheduling.evidence_page.names import NAMES, named
from scheduling.evidence_page.values import limits_shown, shown
from scheduling.templatetags.evidence import begins


def test_names_are_in_words_but_for_those_of_others():
    text = shown({"rows_in_training": 3, "one_feature_scores": {"sepal_length": 0.5}})
    assert NAMES["rows_in_training"] in text
    assert "rows_in_training" not in text
    assert "<dt>sepal_length</dt><dd>0.5</dd>" in text
    assert named("f1_macro") == "f1_macro"


def test_lists_of_the_same_are_a_table_and_pictures_are_left_out():
    text = shown([{"name": "<b>", "p": 0.25, "distribution": {"kind": "bins"}}, {"name": "y", "p": None}])
    assert text.count("<tr>") == 3
    assert "&lt;b&gt;" in text
    assert "bins" not in text
    assert "<td>–</td>" in text


def test_limits_have_the_words_and_units_of_their_form():
    text = limits_shown("evaluation_metrics", {"alpha": 0.05, "promote_when": "unless_worse"})
    assert "<dd>5 %</dd>" in text
    assert "Promotions by mistake" in text
    assert "unless_worse" not in text
    assert limits_shown("contract", {}) == "none"


def test_a_folded_check_begins_with_a_whole_sentence():
    assert (
        begins("It rose from 0.5 to 0.8 on 45 rows. In detail: a, b.")
        == "It rose from 0.5 to 0.8 on 45 rows."
    )
    assert begins("It is so.") == "It is so."
