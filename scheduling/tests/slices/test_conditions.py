"""Conditions on features: which rows they hold for, and what is refused with which words."""

import pandas as pd
import pytest

from predictions.contract.fields import FeatureSpec, Kind
from scheduling.slices.conditions import ConditionInvalid, parse

FEATURES = (
    FeatureSpec(name="age", kind=Kind.INT, minimum=0, maximum=120, example=30),
    FeatureSpec(name="age group", kind=Kind.TEXT, required=False, example="old"),
    FeatureSpec(
        name="country", kind=Kind.CATEGORY, categories=("DE", "FR", "Trinidad and Tobago"), example="DE"
    ),
    FeatureSpec(name="income (k€)", kind=Kind.FLOAT, required=False, example=1.5),
    FeatureSpec(name="member", kind=Kind.BOOL, example=True),
)
FRAME = pd.DataFrame(
    {
        "age": [10.0, 25.0, 40.0],
        "age group": pd.Series(["a|b", 'say "hi"', None], dtype="object"),
        "country": ["DE", "FR", "Trinidad and Tobago"],
        "income (k€)": [1.5, None, 3.0],
        "member": [1.0, 0.0, 1.0],
    }
)


def rows(text):
    return parse(text, FEATURES).rows(FRAME).nonzero()[0].tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age < 25", [0]),
        ("age<=25", [0, 1]),
        ("  age > 25  ", [2]),
        ("age >= 25", [1, 2]),
        ("age = 25", [1]),
        ("age != 25", [0, 2]),
        ("age in 10 | 40", [0, 2]),
        ("country = DE", [0]),
        ("country in DE|FR", [0, 1]),
        ('country = "Trinidad and Tobago"', [2]),
        ("country != DE and age < 30", [1]),
        ("country = DE AND member = true", [0]),
        ("member = false", [1]),
        ("member in true | false", [0, 1, 2]),
        ("income (k€) is missing", [1]),
        ("income (k€) > 1.5", [2]),
        ("income (k€) != 1.5", [2]),
        ('age group = "a|b"', [0]),
        (r'age group = "say \"hi\""', [1]),
        ("age group is missing", [2]),
        ('age group in "a|b" | other and age = 10', [0]),
        ("age < 25 and age > 30", []),
    ],
)
def test_it_holds_for_these_rows(text, expected):
    assert rows(text) == expected
    assert rows(str(parse(text, FEATURES))) == expected  # what it writes, it reads


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "age < 25"),
        ("   ", "age < 25"),
        ("< 25", "age < 25"),
        ("agee < 25", "age, age group, country, income (k€), member"),
        ("__class__ = 1", " __class__ "),
        ("age", "=, !=, <, <=, >, >=, in "),
        ("age <", ""),
        ("age < young", "age: Input should be a valid integer, not young"),
        ("age < nan", "age: Input should be a finite number, not nan"),
        ("age < 1e999", "age: Input should be a finite number, not 1e999"),
        ("age = 2.5", "age: Input should be a valid integer, got a number with a fractional part, not 2.5"),
        ("age < 121", "age: Input should be less than or equal to 120, not 121"),
        ("age = 1 | 2", "age: "),
        ("age in 1 |", ""),
        ("age < 25 and", "and"),
        ("age < 25 and and age > 1", " and age "),
        ("age < 25 or age > 30", "age: Input should be a valid integer, not 25 or age > 30"),
        ("country = UK", "country: Input should be one of: DE, FR, Trinidad and Tobago, not UK"),
        ("country < DE", "=, != or in"),
        ('country = "DE', ': "DE'),
        (r'age group = "\x"', "JSON"),
        ("member = 1", "member: Input should be a valid boolean, not 1"),
        ("member > false", "=, != or in"),
        ("age is missing", "age is required"),
        ("age group is empty", "age group: "),
    ],
)
def test_what_cannot_be_asked_is_refused_and_says_why(text, named):
    with pytest.raises(ConditionInvalid) as refused:
        parse(text, FEATURES)
    assert named in str(refused.value)


def test_without_features_nothing_can_be_asked():
    with pytest.raises(ConditionInvalid, match="The feature age "):
        parse("age < 25", ())


def test_what_it_writes_it_reads_to_the_last_digit():
    text = str(parse("income (k€) < 0.30000000000000004", FEATURES))
    assert text == "income (k€) < 0.30000000000000004"
    assert str(parse("age < 25 and country = DE", FEATURES)) == "age < 25 and country = DE"


def test_it_names_its_features():
    assert parse("age < 25 and age > 1 and country = DE", FEATURES).features == {"age", "country"}
