"""A policy that no value of the metric can meet is refused, in words."""

import pytest
from django.core.exceptions import ValidationError

from scheduling.models import GatePolicy

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "values", "told"),
    [
        ("floors", {"floors": {"accuracy": 7}}, "accuracy is always between 0 and 1"),
        ("floors", {"floors": {"log_loss": -3}}, "log_loss is always 0 or more"),
        ("margin", {"margin": 99}, "f1_macro moves by 1 at most"),
        ("least_gain", {"least_gain": 1.5}, "f1_macro moves by 1 at most"),
    ],
)
def test_what_no_value_can_meet_is_refused_by_field(iris, field, values, told):
    policy = GatePolicy.objects.of(iris)
    for name, value in values.items():
        setattr(policy, name, value)
    with pytest.raises(ValidationError) as refused:
        policy.clean()
    assert told in refused.value.message_dict[field][0]


def test_losses_without_end_and_shares_of_a_value_are_taken(iris):
    policy = GatePolicy.objects.of(iris)
    policy.primary_metric, policy.margin, policy.floors = "log_loss", 3.0, {"log_loss": 5, "accuracy": 1}
    policy.clean()
    policy.primary_metric, policy.margin, policy.relative = "f1_macro", 2.0, True
    policy.clean()
