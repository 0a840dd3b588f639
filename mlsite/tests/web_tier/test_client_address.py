"""Whose request it is: the login lock-out must neither be fooled nor lock out everybody."""

import pytest
from django.test import RequestFactory

from mlsite.middleware import client_address


def request(**facts):
    return RequestFactory().get("/", **{"REMOTE_ADDR": "10.0.0.1"} | facts)


def test_it_is_the_one_who_connects():
    assert client_address(request()) == "10.0.0.1"


def test_a_header_that_anybody_can_write_is_not_believed(settings):
    settings.BEHIND_PROXY = False
    assert client_address(request(HTTP_X_FORWARDED_FOR="1.2.3.4")) == "10.0.0.1"


@pytest.mark.parametrize(
    ("header", "address"),
    [("1.2.3.4", "1.2.3.4"), ("9.9.9.9, 1.2.3.4", "1.2.3.4"), (" 1.2.3.4 ", "1.2.3.4"), ("", "10.0.0.1"),
     ("1.2.3.4,", "10.0.0.1"), ("2001:db8::1", "2001:db8::1")],
)  # fmt: skip
def test_behind_a_proxy_it_is_the_last_hop(settings, header, address):
    settings.BEHIND_PROXY = True
    assert client_address(request(HTTP_X_FORWARDED_FOR=header)) == address
