"""`{% worn_sets as looks %}`: for the admin's front page."""

from django import template

from predictions.models import Dataset
from scheduling.models import Look

register = template.Library()


@register.simple_tag
def worn_sets() -> list[Look]:
    """The last look at each current evaluation set that should be replaced by fresh labels."""
    current = Dataset.objects.current_of_each(Dataset.Role.EVALUATION)
    looks = Look.objects.latest_of_each(current.values())
    return sorted((look for look in looks.values() if look.is_worn), key=_name_of_model)


def _name_of_model(look: Look) -> str:
    return look.evaluation_dataset.registered_model.name
