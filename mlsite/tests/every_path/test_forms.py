"""The forms of the admin ask for values: nobody types JSON."""

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User

from scheduling.admin.rules.limit_form import limit_fields
from scheduling.checks import CHECKS

OURS = ("predictions", "scheduling")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "of",
    [model for model in admin.site._registry if model._meta.app_label in OURS],
    ids=lambda of: of.__name__,
)
def test_no_form_of_the_admin_asks_for_json(of, rf):
    request = rf.get("/")
    request.user = User(is_superuser=True, is_active=True, is_staff=True)
    page = admin.site._registry[of]
    fields = dict(page.get_form(request).base_fields) if page.has_change_permission(request) else {}
    for inline in page.get_inline_instances(request):
        fields |= inline.get_formset(request).form.base_fields
    assert [name for name, field in fields.items() if isinstance(field, forms.JSONField)] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_each_limit_has_a_field_of_its_kind(check):
    fields = limit_fields(check)
    assert len(fields) == len(check.limits)
    assert not any(isinstance(field, forms.JSONField) for field in fields.values())
