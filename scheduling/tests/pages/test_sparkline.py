"""A small line has a scale, ends, and words for those who do not see it."""

from scheduling.pages.charts.sparkline import HOURS, RUNS, sparkline
from scheduling.pages.measured.judged import three_digits


def test_least_and_most_stand_beside_it_and_in_words():
    drawn = sparkline([1200, None, 300], "Requests by hour", ends=HOURS)
    for text in (">300</text>", ">1,200</text>", ">24 h ago</text>", ">now</text>"):
        assert text in drawn
    assert 'aria-label="Requests by hour: from 300 to 1,200, the last 300"' in drawn


def test_a_flat_line_has_its_value_once():
    drawn = sparkline([0.911, 0.911], "f1_macro", ends=RUNS, show=three_digits)
    assert drawn.count(">0.911</text>") == 1
    assert 'aria-label="f1_macro: always 0.911"' in drawn


def test_its_scale_begins_at_zero_where_that_is_asked():
    assert ">0</text>" in sparkline([5, 10], "Failed", ends=HOURS, zero=True)
    assert sparkline([0, 0], "Failed", ends=HOURS, zero=True) == ""
    assert sparkline([None], "Failed", ends=HOURS) == ""
