"""How often each evaluation set was used, in a sentence."""

from collections.abc import Collection

from predictions.models import Dataset
from scheduling.models import HoldOut, Look

NOT_USED = "not used yet"


def use_of_each(datasets: Collection[Dataset]) -> dict[int, str]:
    """Return a sentence for each dataset, by its id, in three queries; "–" for other roles."""
    shown = {dataset.pk: "–" for dataset in datasets}
    evaluation = [dataset for dataset in datasets if dataset.role == Dataset.Role.EVALUATION]
    fresh = {dataset.pk: dataset.snapshot.get("run") for dataset in evaluation}
    looks, hold_outs = Look.objects.latest_of_each(evaluation), HoldOut.objects.of_each(evaluation)
    for pk in (dataset.pk for dataset in evaluation):
        shown[pk] = looks[pk].sentence if pk in looks else NOT_USED
        if run := fresh.get(pk):
            shown[pk] += f"; it came with run {run}, and each run brings new ones"
        if pk in hold_outs and (shared := hold_outs[pk].shared) is not None:
            shown[pk] += f"; {shared:.0%} of its rows come from an older set, whose uses count here too"
    return shown
