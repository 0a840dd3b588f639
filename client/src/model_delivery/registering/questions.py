"""What the server asks or refuses, with what to write in the call."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from model_delivery.errors import DeliveryError, Problem

REMEDIES = {
    "output": 'Name the label column: output="…". Without it, the name of y is taken.',
    "evaluation": "Give evaluation=(X_test, y_test), with the columns of X; or None for the model, so that a "
    "recipe trains one.",
    "name": 'Choose another name, of small letters, digits and hyphens: "churn".',
    "positive": "Give one of the labels as positive=….",
    "time": 'Name a column of X: time="…".',
    "group": 'Name a column of X: group="…".',
    "drop": 'Name columns of X: drop=["…"].',
    "bounds": 'Name columns of X and two ends: bounds={"…": (0, None)}.',
    "required": 'Name columns of X, with True or False: required={"…": False}.',
    "examples": 'Name columns of X, with a value of each: examples={"…": "…"}.',
    "kinds": 'Name columns of X and their kinds: kinds={"…": "text"}.',
}
ANSWER = " Answer with "  # begins the server's own words for the same
KINDS = {"float", "int", "bool", "text", "category", "timestamp"}


def in_our_words(error: DeliveryError) -> DeliveryError:
    """Return the error with a remedy for each field, in the words of the call."""
    problems = [_remedied(problem) for problem in error.problems]
    asks = any(problem.choices for problem in problems)
    message = "The data leave open what the model takes. Nothing was registered." if asks else error.message
    kind, remedy = type(error), "" if problems else error.own_remedy
    return kind(message, remedy=remedy, field=error.field, problems=problems, code=error.code)


def _remedied(problem: Problem) -> Problem:
    """Add what to write in the call."""
    ways = list(_ways(problem.field, [choice for choice in problem.choices if choice != "drop"]))
    ways += [f'drop=["{problem.field}"]'] if "drop" in problem.choices else []
    remedy = f"Add {' or '.join(ways)}." if ways else REMEDIES.get(problem.field, "")
    message = problem.message.partition(ANSWER)[0] if ways else problem.message
    return replace(problem, message=message, remedy=problem.remedy or remedy)


def _ways(field: str, choices: Sequence[str]) -> Iterator[str]:
    """The choices of a column are kinds; other choices are values of the argument of this name."""
    is_column = set(choices) <= KINDS
    for choice in choices:
        yield f'kinds={{"{field}": "{choice}"}}' if is_column else f'{field}="{choice}"'
