"""Numbers of rows are identifiers, whatever a project says of separators."""

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from predictions.tests.factories import make_model
from scheduling.tests.run_factory import make_running

pytestmark = pytest.mark.django_db
PAGES = {"scheduling_run_change": 234567, "predictions_registeredmodel_change": 123456, "model-page": 123456}
SEPARATED = re.compile(r'(?:value|href)="[^"]*\d,\d{3}[^"]*"')


def test_no_page_writes_an_identifier_with_a_separator(client, settings):
    settings.USE_THOUSAND_SEPARATOR = True
    client.force_login(User.objects.create_superuser("boss"))
    make_running(make_model(pk=123456), pk=234567)
    for name, pk in PAGES.items():
        reply = client.get(reverse(f"admin:{name}", args=[pk]))
        assert reply.status_code == 200
        assert not SEPARATED.findall(reply.content.decode()), name
