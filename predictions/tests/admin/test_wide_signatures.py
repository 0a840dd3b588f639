"""The page of a signature with 2,000 features: a list, in a few queries."""

import pytest
from django.urls import reverse

from predictions.models import Feature
from predictions.tests.factories import make_model

pytestmark = pytest.mark.django_db


def page_of(admin_client, count, at_most):
    signature = make_model().signatures.get()
    signature.features.all().delete()
    facts = {"signature": signature, "kind": "float", "example": 1.0}
    Feature.objects.bulk_create(Feature(**facts, position=i, name=f"x <{i}>") for i in range(count))
    with at_most(32):
        return admin_client.get(reverse("admin:predictions_signature_change", args=[signature.pk])).content


def test_many_features_are_a_list_without_forms(admin_client, django_assert_max_num_queries):
    content = page_of(admin_client, 2000, django_assert_max_num_queries)
    assert b"x &lt;1999&gt;: float" in content
    assert b"features-0-name" not in content


def test_few_features_have_forms(admin_client, django_assert_max_num_queries):
    content = page_of(admin_client, 3, django_assert_max_num_queries)
    assert b"features-2-name" in content
