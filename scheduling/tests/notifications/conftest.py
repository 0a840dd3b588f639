"""Somebody who wants to know, and a receiver on this machine."""

import pytest
from django.contrib.auth.models import User

from scheduling.models import Subscription
from scheduling.notifications.signing import new_secret


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann", email="ann@example.com", is_staff=True)


@pytest.fixture
def subscribe(ann, iris):
    """Make a subscription of ann's, by e-mail unless told otherwise."""
    iris.public = True
    iris.save()

    def make(**columns):
        return Subscription.objects.create(**{"person": ann, "secret": new_secret()} | columns)

    return make


@pytest.fixture(autouse=True)
def _mail_and_inside(config, settings):
    settings.EMAIL_HOST = "mail.example.com"
    config.NOTIFY_PRIVATE_ADDRESSES = True
    config.SITE_URL = "https://models.example.com"


@pytest.fixture
def hook(httpserver, subscribe):
    """A webhook to the receiver on this machine, which says yes."""
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    return subscribe(channel="webhook", address=httpserver.url_for("/hook"))
