"""Somebody who wants to know, and a receiver on this machine."""

import pytest
from django.contrib.auth.models import User

from scheduling.models import Subscription
from scheduling.notifications.receivers import keep_receiver


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann", email="ann@example.com", is_staff=True)


@pytest.fixture
def subscribe(ann, iris):
    """Make a subscription of ann's, by e-mail unless told otherwise; `secret` is that of a webhook."""
    iris.public = True
    iris.save()

    def make(url="", **columns):
        row = Subscription(**{"person": ann} | columns)
        row.secret = keep_receiver(row, url=url)
        row.save()
        return row

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
    return subscribe(channel="webhook", url=httpserver.url_for("/hook"))
