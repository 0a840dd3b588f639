"""What people read of moments: the project's time zone, or the one of their request, and its name."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from predictions import zone
from predictions.models import Feedback, Promotion
from predictions.models.base import DatabaseTime

NIGHT = datetime(2026, 11, 1, 5, 30, 5, tzinfo=UTC)  # in New York 01:30, for the first of two times


@pytest.mark.parametrize(
    ("name", "minute"),
    [
        ("UTC", "2026-11-01 05:30 UTC"),
        ("Asia/Kolkata", "2026-11-01 11:00 IST"),
        ("America/New_York", "2026-11-01 01:30 EDT"),
        ("America/Sao_Paulo", "2026-11-01 02:30 -03"),
    ],
)
def test_a_moment_is_told_in_the_projects_zone(settings, name, minute):
    settings.TIME_ZONE = name
    assert zone.to_minute(NIGHT) == minute
    assert zone.to_second(NIGHT) == f"{minute[:16]}:05{minute[16:]}"
    assert zone.with_zone("requested") == f"requested ({name})"
    assert zone.zone_of_the_project() == name


def test_both_of_an_hour_that_comes_twice_are_told_apart(settings):
    settings.TIME_ZONE = "America/New_York"
    again = NIGHT.replace(hour=6)
    assert (zone.to_minute(NIGHT)[11:], zone.to_minute(again)[11:]) == ("01:30 EDT", "01:30 EST")


def test_a_request_may_have_a_zone_of_its_own(settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    heading = zone.lazily_with_zone("requested")
    with timezone.override("America/New_York"):
        assert zone.to_minute(NIGHT) == "2026-11-01 01:30 EDT"
        assert str(heading) == "requested (America/New_York)"
        assert zone.zone_of_the_project() == "Asia/Kolkata"
    assert str(heading) == "requested (Asia/Kolkata)"


@pytest.mark.parametrize("model", [Promotion, Feedback])
def test_a_row_knows_its_moment_after_it_was_saved_whatever_default_can(model):
    """Django would ask the database `default` whether rows come back from an insert."""
    field = model._meta.get_field("at")
    assert isinstance(field, DatabaseTime)
    assert field in model._meta.db_returning_fields
    assert field.deconstruct()[1] == "django.db.models.DateTimeField"
