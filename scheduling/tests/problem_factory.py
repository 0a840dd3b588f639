"""Registered models of other problems than Iris: signature, data, recipe, as a person would set them up."""

from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype
from sklearn.model_selection import train_test_split

from predictions.models import Feature, RegisteredModel, Signature
from predictions.registry import datasets
from predictions.registry.datasets import Tables
from scheduling.models import CheckLimit, GatePolicy, Recipe
from scheduling.training.by_recipe import build
from scheduling.training.training import fit_and_register


def make_problem(name, frame, *, output, task="classification", seed=0):
    """A registered model whose features are the columns of `frame`, split in 30 to 70."""
    model = RegisteredModel.objects.create(name=name, title=name.title(), public=True)
    make_signature(model, frame, output=output, task=task)
    stratify = frame[output] if task == "classification" else None
    training, evaluation = train_test_split(frame, test_size=0.3, random_state=seed, stratify=stratify)
    for role, rows in (("training", training), ("evaluation", evaluation)):
        register_rows(model, role, rows)
    return model


def make_signature(model, frame, *, output, task="classification", number=1):
    """One feature for each column but the output; what has holes is not required."""
    labels = sorted(frame[output].unique().tolist()) if task == "classification" else []
    signature = Signature.objects.create(
        registered_model=model, number=number, task=task, output_name=output, labels=labels
    )
    for position, column in enumerate(frame.columns.drop(output)):
        values = frame[column].dropna()
        Feature.objects.create(
            signature=signature,
            position=position,
            name=column,
            kind=kind_of(values),
            required=not frame[column].isna().any(),
            example=values.iloc[0].item() if hasattr(values.iloc[0], "item") else values.iloc[0],
        )
    return signature


def kind_of(values):
    """The kind of a column's values."""
    if is_bool_dtype(values):
        return "bool"
    return "int" if is_integer_dtype(values) else "float" if is_numeric_dtype(values) else "text"


def register_rows(model, role, rows):
    """Store the rows as the model's newest dataset of this role."""
    return datasets.register(registered_model=model, role=role, content=rows.to_csv(index=False).encode())


def set_policy(model, **columns):
    """The policy, checked as the admin checks it."""
    policy = GatePolicy.objects.of(model)
    for name, value in columns.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save()


def set_recipe(model, estimator, **parameters):
    """A recipe that draws one candidate."""
    recipe = Recipe(
        registered_model=model,
        estimator=estimator,
        name_template="run{run}",
        parameters={name: [value] for name, value in parameters.items()},
    )
    recipe.full_clean()
    recipe.save()


def set_limits(model, check, **limits):
    """Other limits of a check."""
    override = CheckLimit(registered_model=model, check_id=check, limits=limits)
    override.full_clean()
    override.save()


def train(model, estimator, *, name="first", **parameters):
    """A registered version of this estimator."""
    return fit_and_register(
        build(estimator, parameters, seed=0),
        name=name,
        registered_model=model,
        source="fixture",
        created_by="a test",
        tables=Tables(),
    )
