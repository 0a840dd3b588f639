"""The page of a watch says what was allowed and seen in words, with units."""

import pytest
from django.urls import reverse

from scheduling.models import Watch
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.watch_factory import BLOCK, after, count_block, look

pytestmark = pytest.mark.django_db


def page(client):
    sign_in_superuser(client)
    return client.get(
        reverse("admin:scheduling_watch_change", args=[Watch.objects.get().pk])
    ).content.decode()


def test_it_has_numbers_with_units_and_no_names_of_the_code(client, iris, watched_flip, evaluation):
    count_block(watched_flip.version, watched_flip.at, answered=0, failed=9)
    look(iris, after(watched_flip, 6, evaluation[0]))
    assert Watch.objects.get().evidence
    text = page(client)
    for told in (
        "60 minutes",
        "1.25 times",
        "Watches that may roll back by mistake",
        "with one row took over",
        " ms: <",
    ):
        assert told in text
    assert "Failed requests: <strong>9 of " in text
    for code in ("log_wealth", "{&quot;", "limit_us", "_tolerance", "alpha"):
        assert code not in text


def test_before_the_first_look_it_says_so_and_gaps_are_moments(client, iris, watched_flip):
    Watch.objects.update(
        evidence={}, gaps=[[watched_flip.at.isoformat(), (watched_flip.at + BLOCK).isoformat()]]
    )
    text = page(client)
    assert "Nobody has looked yet." in text
    assert f"from {watched_flip.at:%Y-%m-%d %H:%M} UTC to" in text
