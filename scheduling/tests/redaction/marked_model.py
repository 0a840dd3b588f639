"""A registered model of marked rows, and what is found in all places after it was used."""

from mlsite.log_format import Careful
from predictions.models import Feature, RegisteredModel, Signature
from predictions.serving.follower import Follower
from scheduling.models import GatePolicy, Slice
from scheduling.tests.problem_factory import register_rows, train
from scheduling.tests.redaction.marked import FEATURES, OUTPUT, SIZES, WORDS, make_rows, seen
from scheduling.tests.redaction.places import for_everybody, for_few
from scheduling.tests.version_factory import make_live


def make_marked(redacted):
    """A registered model of such rows with a live version, and slices that people named."""
    model = RegisteredModel.objects.create(
        name="marked", title="Marked", public=True, redacted_features=sorted(redacted)
    )
    signature = Signature.objects.create(
        registered_model=model, number=1, task="classification", output_name=OUTPUT, labels=[0, 1]
    )
    for position, feature in enumerate(FEATURES):
        Feature.objects.create(
            signature=signature, position=position, name=feature.name, kind=feature.kind,
            example=feature.example, required=feature.required, categories=list(feature.categories),
            exclusive_minimum=feature.exclusive_minimum,
        )  # fmt: skip
    for role, count, seed in (("training", 400, 2), ("evaluation", 300, 1)):
        register_rows(model, role, make_rows(count, seed))
    policy = GatePolicy.objects.of(model)
    policy.primary_metric = "accuracy"
    policy.save()
    conditions = {"much": f"amount > {SIZES['amount'] + 500}", "a word": f"word = {WORDS['word']}1"}
    for name, condition in conditions.items():
        Slice.objects.create(registered_model=model, name=name, condition=condition)
    make_live(train(model, "DecisionTreeClassifier", max_depth=1))
    Follower().step()
    return model


def leaks(client, model, redacted):
    """Where there is what should not be there."""
    public = {place: seen(text) for place, text in for_everybody(client, model).items()}
    private = {place: seen(text) & redacted for place, text in for_few(client, model).items()}
    return {place: found for place, found in (public | private).items() if found}


def lines(caplog):
    """The log as it is written."""
    form = Careful("%(name)s: %(message)s")
    for record in caplog.records:
        record.exc_text = None
    return "\n".join(form.format(record) for record in caplog.records)
