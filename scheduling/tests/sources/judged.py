"""A retraining that was judged to an end."""

from datetime import timedelta

from django.utils import timezone

from predictions.models import ModelVersion
from predictions.tests.factories import make_version
from scheduling.tests.run_factory import make_run


def trained(model, dataset, **columns):
    """A run of an hour ago that trained on these rows, and its candidate."""
    version = make_version(model, f"on {dataset.pk}")
    ModelVersion.objects.filter(pk=version.pk).update(training_dataset=dataset)
    then = timezone.now() - timedelta(hours=1)
    usual = {
        "task": "retrain",
        "status": "finished",
        "started_at": then,
        "finished_at": then,
        "decision": "kept",
    }
    return make_run(model, **usual | {"candidate": version} | columns)
