"""The inputs of a judgement, as they are today."""

from dataclasses import replace

from predictions.models import Dataset
from predictions.registry.datasets import Tables
from scheduling.evidence.samples import hashes_of
from scheduling.judging.evaluation_reuse import note_reuse
from scheduling.judging.inputs import inputs_of_today
from scheduling.models import Run
from scheduling.training.training import current_dataset


def inputs_of(candidate, champion=None, **changes):
    """The candidate against a champion of one's choice, live or not."""
    model = candidate.registered_model
    evaluation = current_dataset(model, Dataset.Role.EVALUATION)
    spec = candidate.signature.spec()
    note_reuse(evaluation, spec, hashes_of(Tables().of(evaluation).frame(spec), spec))
    inputs = inputs_of_today(Run(registered_model=model), candidate, evaluation)
    return replace(inputs, champion=champion, **changes)
