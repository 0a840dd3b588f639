"""What a person reads of a message's fate."""

import pytest
from django.utils import timezone

from scheduling.admin.telling.outcome import outcome_of
from scheduling.models import Delivery

NOW = timezone.now()


@pytest.mark.parametrize(
    ("state", "columns", "shown"),
    [
        ("waiting", {}, ["Waiting", "scheduler"]),
        (
            "waiting",
            {"attempts": 2, "last_error": "410 <gone>"},
            ["Waiting", "2 attempts", "410 &lt;gone&gt;", "Next"],
        ),
        ("sent", {"attempts": 1, "ended_at": NOW}, ["Sent", "1 attempt."]),
        ("gave_up", {"attempts": 10, "last_error": "no answer"}, ["Gave up", "10 attempts", "no answer"]),
        ("withheld", {}, ["Withheld", "may not read"]),
    ],
)
def test_it_tells_the_state_first_and_then_why(state, columns, shown):
    told = outcome_of(Delivery(state=state, next_at=NOW, **columns))
    assert [words for words in shown if words not in told] == []
