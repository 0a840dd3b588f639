"""The accounts of a project are looked at before anybody signs in."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User

from predictions.callers import system_checks


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
