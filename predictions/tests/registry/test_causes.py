"""What other libraries say, as it is shown: one short line that a person can read."""

import pytest

from predictions.registry.causes import cause_of, shown


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("one\n  two.\n", "one two"),
        (
            "malformed node or string on line 1: <ast.Call object at 0x7f05>",
            "malformed node or string on line 1: Call",
        ),
        (
            "Unable to find type '<class 'sklearn.dummy.DummyClassifier'>'.",
            "Unable to find type 'DummyClassifier'",
        ),
        (
            "[ONNXRuntimeError] : 1 : FAIL : Load model failed:/onnxruntime_src/core/graph.cc:415 bad node",
            "Load model failed:bad node",
        ),
        ("a\0b\x1b[31m", "a\ufffdb\ufffd[31m"),
        ("", ""),
    ],
)
def test_noise_is_left_out(said, told):
    assert shown(said) == told


def test_it_is_short_however_much_is_said():
    assert len(shown("word " * 300_000)) == 300
    assert shown("word " * 300_000).endswith("…")


def test_an_error_without_words_is_told_by_its_name():
    assert cause_of(ZeroDivisionError()) == "zero division error"
    assert cause_of(ValueError("seven")) == "seven"
