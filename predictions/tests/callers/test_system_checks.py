"""The accounts of a project are looked at before anybody signs in."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User

from predictions.callers import system_checks
from predictions.conf import Config


class Bare:
    """As Django's own accounts, without permissions, and with a name of any length."""

    USERNAME_FIELD, is_active = "name", True
    _meta = SimpleNamespace(get_field=lambda name: SimpleNamespace(max_length=None))


@pytest.mark.parametrize(("model", "ids"), [(User, []), (Bare, ["predictions.E030", "predictions.E031"])])
def test_what_an_account_lacks_is_named(monkeypatch, model, ids):
    monkeypatch.setattr(system_checks, "get_user_model", lambda: model)
    found = system_checks.check_accounts()
    assert [one.id for one in found] == ids
    assert all("is_superuser" in one.msg for one in found[:1])


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("predictions.callers.addresses.remote_address", []),
        ("predictions.callers.addresses.remote_adress", ["predictions.E032"]),
        ("nowhere.address", ["predictions.E032"]),
        ("predictions.conf.config.MAX_TOKEN_DAYS", ["predictions.E032"]),
    ],
)
def test_a_function_for_addresses_that_cannot_be_imported_is_named(config, path, ids):
    config.CLIENT_ADDRESS = path
    assert [one.id for one in system_checks.check_client_address()] == ids


@pytest.mark.parametrize(
    ("limit", "address", "header", "ids"),
    [
        ("9/min", None, ("HTTP_X_FORWARDED_PROTO", "https"), ["predictions.W019"]),
        ("", None, ("HTTP_X_FORWARDED_PROTO", "https"), []),
        ("9/min", "mlsite.middleware.client_address", ("HTTP_X_FORWARDED_PROTO", "https"), []),
        ("9/min", None, None, []),
    ],
)
def test_limits_by_the_address_of_a_proxy(config, settings, limit, address, header, ids):
    config.RATE_LIMIT_ANONYMOUS = limit
    config.CLIENT_ADDRESS = address or Config.CLIENT_ADDRESS.default
    settings.SECURE_PROXY_SSL_HEADER = header
    assert [one.id for one in system_checks.check_addresses_behind_a_proxy()] == ids
