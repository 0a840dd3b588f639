"""The setup page after a person refused a version, or nobody answered in time."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from predictions.tests.factories import make_person
from scheduling.approvals.approvals import lapse_outdated, refuse
from scheduling.tests.admin.bringing.clicks import page_of
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.run_factory import make_awaiting


@pytest.fixture
def waiting(iris, live, strong):
    return make_awaiting(iris, strong)


def test_a_refusal_says_who_and_why_and_what_is_live(client, iris, live, strong, waiting):
    sign_in_superuser(client)
    refuse(waiting, user=make_person("ann"), reason="Not before Christmas.")
    page = unescape(client.get(page_of(iris)).content.decode())
    assert f"Version {strong.label}: refused by a person." in page
    assert f"Refused by ann: Not before Christmas. Version {live.label} is live." in page
    assert "which check decided" not in page
    assert "Upload another version, or promote this one" in page


def test_a_request_that_lapsed_says_so(client, iris, live, waiting):
    with time_machine.travel(timezone.now() + timedelta(days=30), tick=False):
        lapse_outdated(iris)
    sign_in_superuser(client)
    page = unescape(client.get(page_of(iris)).content.decode())
    assert "Lapsed by the program: nobody answered before" in page
    assert "which check decided" not in page
