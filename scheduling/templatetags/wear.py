"""`{% worn_sets as looks %}`: for the admin's front page."""

from django import template

from predictions.models import Dataset, RegisteredModel
from scheduling.models import Look

register = template.Library()


@register.simple_tag
def worn_sets() -> list[Look]:
    """The last look at each current evaluation set that should be replaced by fresh labels."""
    current = [Dataset.objects.current(m, Dataset.Role.EVALUATION) for m in RegisteredModel.objects.all()]
    looks = [Look.objects.latest_of(dataset) for dataset in current if dataset]
    return [look for look in looks if look and look.is_worn]
