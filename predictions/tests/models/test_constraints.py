"""Every named rule of the tables is held by the database itself, whatever the program forgets."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from predictions.models import Dataset, Feature, ModelVersion, Promotion, RegisteredModel, Signature, Worker
from predictions.tests.factories import make_live, make_model, make_version

pytestmark = pytest.mark.django_db


def model_row(**columns):
    return RegisteredModel(**{"name": "new", "title": "New"} | columns)


def feature_row(**columns):
    signature = Signature.objects.first() or make_model().signatures.get()
    return Feature(
        **{"signature": signature, "position": 0, "name": "x", "kind": "float", "example": 1} | columns
    )


def dataset_row(**columns):
    model = RegisteredModel.objects.first() or make_model()
    facts = {"registered_model": model, "role": "training", "file": "f", "sha256": "s", "rows": 1}
    return Dataset(**facts | columns)


def version_row(**columns):
    signature = Signature.objects.first() or make_model().signatures.get()
    facts = {"signature": signature, "number": 0, "name": "v", "artefact_sha256": "s", "golden_rows": {}}
    return ModelVersion(**facts | {"parity": {}} | columns)


def worker_row():
    return Worker(host="h", pid=1, since=timezone.now(), seen_at=timezone.now())


def promotion_row(**columns):
    """The third row of a ledger with two; `columns` make it a bad one."""
    model = RegisteredModel.objects.first()
    if model is None:
        model = make_model()
        for name in "ab":
            make_live(make_version(model, name))
    a, b = ModelVersion.objects.order_by("number")[:2]
    facts = {"registered_model": model, "sequence": 3, "version": a, "replaced_version": b}
    return Promotion(**facts | {"kind": "promote", "by": "ann", "reason": "r"} | columns)


def second_promotion_row():
    """The second row of that ledger, again."""
    row = promotion_row(sequence=2)
    row.version, row.replaced_version = row.replaced_version, row.version
    return row


BAD_ROWS = {
    "at_most_one_default_model": lambda: [model_row(is_default=True), model_row(name="b", is_default=True)],
    "a_hold_names_who_holds": lambda: [model_row(held_at=timezone.now())],
    "log_rate_is_a_percentage": lambda: [model_row(log_rate=101)],
    "signature_number_is_unique_in_model": lambda: [
        Signature(registered_model=make_model(), number=1, task="regression", output_name="y")
    ],
    "signature_number_from_one": lambda: [
        Signature(registered_model=make_model(), number=0, task="regression", output_name="y")
    ],
    "signature_output_is_no_key_of_replies": lambda: [
        Signature(registered_model=make_model(), number=2, task="regression", output_name="model")
    ],
    "feature_position_is_unique_in_signature": lambda: [feature_row(), feature_row(name="y")],
    "feature_name_is_unique_in_signature": lambda: [feature_row(), feature_row(position=1)],
    "feature_has_one_lower_bound": lambda: [feature_row(minimum=0, exclusive_minimum=0)],
    "feature_has_one_upper_bound": lambda: [feature_row(maximum=0, exclusive_maximum=0)],
    "feature_bounds_are_in_order": lambda: [feature_row(minimum=1, maximum=0)],
    "dataset_is_registered_once": lambda: [dataset_row(), dataset_row(file="other")],
    "dataset_has_rows": lambda: [dataset_row(rows=0)],
    "version_number_is_unique_in_signature": lambda: [version_row(), version_row(artefact_sha256="t")],
    "artefact_is_registered_once": lambda: [version_row(), version_row(number=1)],
    "one_row_per_worker": lambda: [worker_row(), worker_row()],
    "one_promotion_per_sequence": lambda: [second_promotion_row()],
    "only_the_first_replaces_nothing": lambda: [promotion_row(replaced_version=None)],
    "a_version_does_not_replace_itself": lambda: [
        promotion_row(version=promotion_row().replaced_version),
    ],
    "only_a_roll_back_restores": lambda: [promotion_row(restores=1)],
    "a_promotion_says_who_and_why": lambda: [promotion_row(reason="")],
}
# Number 0 breaks two rules at once: the databases differ in which of them they name.
OF_THE_FIRST_ROW = "sequence_starts_at_one"


def named_constraints():
    """name -> (model, constraint) of every table of the registry."""
    return {
        constraint.name: (model, constraint)
        for model in apps.get_app_config("predictions").get_models()
        for constraint in model._meta.constraints
    }


def refusal_of(name):
    """What the database says when it holds this rule: SQLite names the columns of a unique one."""
    model, constraint = named_constraints()[name]
    if connection.vendor == "sqlite" and isinstance(constraint, models.UniqueConstraint):
        columns = [model._meta.get_field(field).column for field in constraint.fields]
        return ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
    return name


def insert(rows):
    """Insert without `save()`: what a script or another program could do."""
    with transaction.atomic():
        type(rows[0]).objects.bulk_create(rows)


@pytest.mark.parametrize("name", BAD_ROWS)
def test_the_database_refuses_by_itself(name):
    rows = BAD_ROWS[name]()
    before = type(rows[0]).objects.count()
    with pytest.raises(IntegrityError) as refused:
        insert(rows)
    assert refusal_of(name) in str(refused.value)
    assert type(rows[0]).objects.count() == before


def test_every_named_rule_is_in_the_table_above():
    assert named_constraints().keys() == BAD_ROWS.keys() | {OF_THE_FIRST_ROW}


@pytest.mark.parametrize(
    "columns",
    [
        {"sequence": 0},
        {"sequence": 1, "registered_model": None},
        {"kind": "roll_back"},
        {"kind": "roll_back", "restores": 2},
        {"kind": "roll_back", "restores": 3},
        {"kind": "else"},
        {"by": ""},
    ],
)
def test_the_ledger_refuses_these_rows_too(columns):
    if columns.get("registered_model", ...) is None:  # the first row of another ledger
        promotion_row()
        columns = columns | {"registered_model": make_model("roses")}
    row = promotion_row(**columns)
    with pytest.raises(IntegrityError):
        insert([row])
    assert Promotion.objects.count() == 2


def test_the_row_that_all_of_them_start_from_is_accepted():
    insert([promotion_row()])
    assert Promotion.objects.latest().sequence == 3


def test_models_that_are_not_the_default_may_be_many():
    insert([model_row(name=name) for name in "abc"])
    assert RegisteredModel.objects.count() == 3


def test_a_hold_is_set_whole_or_not_at_all():
    with pytest.raises(IntegrityError, match="a_hold_names_who_holds"):
        insert([model_row(held_by="ann")])
