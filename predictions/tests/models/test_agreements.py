"""Rows of the registry that would contradict each other are refused by the database, whoever writes."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection

from predictions.models import Dataset, ModelVersion, Prediction, Promotion, Signature
from predictions.models.agreements import AGREEMENTS
from predictions.tests.factories import make_live, make_model, make_version
from predictions.tests.refusals import assert_no_way_in, insert

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Wine with the versions a, b and c, of which a and then b went live; roses with one that did not."""
    wine, roses = make_model("wine"), make_model("roses")
    a, b, c = (make_version(wine, name) for name in "abc")
    make_live(a)
    make_live(b)
    for model in (wine, roses):
        Dataset.objects.create(registered_model=model, role="training", file=model.name, sha256="s", rows=1)
    return SimpleNamespace(wine=wine, roses=roses, a=a, b=b, c=c, rose=make_version(roses, "r"))


def promotion(world, **columns):
    """The third row of wine's ledger."""
    facts = {"registered_model": world.wine, "sequence": 3, "version": world.a, "replaced_version": world.b}
    return Promotion(**facts | {"kind": "promote", "by": "ann", "reason": "r"} | columns)


def version(world, **columns):
    facts = {
        "number": 9,
        "name": "v",
        "artefact_sha256": "s",
        "golden_rows": {},
        "parity": {},
        "libraries": {},
    }
    return ModelVersion(**facts | {"params": {}, "signature": world.wine.signatures.get()} | columns)


def prediction(world, **columns):
    facts = {"id": uuid4(), "model_version": world.a, "registered_model": world.wine, "output": 1}
    return Prediction(**facts | {"inputs": {}, "latency_us": 1} | columns)


def of(model):
    return model.datasets.get()


BAD_ROWS = {
    "promotion_is_of_its_versions_model": lambda w: promotion(
        w, registered_model=w.roses, sequence=1, replaced_version=None
    ),
    "promotion_replaces_what_was_live": lambda w: promotion(w, replaced_version=w.c),
    "roll_back_restores_an_earlier_version": lambda w: promotion(
        w, kind="roll_back", restores=1, version=w.c
    ),
    "version_is_trained_on_its_models_rows": lambda w: version(w, training_dataset=of(w.roses)),
    "prediction_is_of_its_versions_model": lambda w: prediction(w, registered_model=w.roses),
}
BAD_CHANGES = {
    "promotion_stays_as_it_was": lambda w: (Promotion.objects.filter(version=w.b), {"version": w.c}),
    "version_is_trained_on_its_models_rows": lambda w: (
        ModelVersion.objects.filter(pk=w.a.pk),
        {"training_dataset": of(w.roses)},
    ),
    "version_stays_with_its_signature": lambda w: (
        ModelVersion.objects.filter(pk=w.a.pk),
        {"signature": w.roses.signatures.get()},
    ),
    "dataset_stays_with_its_model": lambda w: (
        Dataset.objects.filter(pk=of(w.wine).pk),
        {"registered_model": w.roses},
    ),
    "signature_with_versions_stays_with_its_model": lambda w: (
        Signature.objects.filter(registered_model=w.wine),
        {"registered_model": make_model("tulips"), "number": 2},
    ),
    "prediction_is_of_its_versions_model": lambda w: _logged(w),
}


def _logged(world):
    row = prediction(world)
    row.save()
    return Prediction.objects.filter(pk=row.pk), {"registered_model": world.roses}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_no_row_gets_in_that_contradicts_another(world, name):
    assert_no_way_in(name, row=BAD_ROWS[name](world))


@pytest.mark.parametrize("name", BAD_CHANGES)
def test_no_row_is_changed_so_that_it_contradicts_another(world, name):
    assert_no_way_in(name, change_of=BAD_CHANGES[name](world))


@pytest.mark.parametrize(
    "columns",
    [{"registered_model_id": 0}, {"sequence": 7}, {"replaced_version_id": 0}, {"kind": "roll_back"}],
)
def test_no_link_of_the_ledger_is_ever_changed(world, columns):
    rows = Promotion.objects.filter(version=world.b)
    assert_no_way_in("promotion_stays_as_it_was|promotion_is|promotion_replaces", change_of=(rows, columns))


def test_rows_that_agree_get_in(world):
    for row in (promotion(world), version(world, training_dataset=of(world.wine)), prediction(world)):
        insert(row)
    assert Promotion.objects.filter(registered_model=world.wine).count() == 3
    signature = Signature.objects.create(registered_model=world.wine, number=2, task="regression")
    Signature.objects.filter(pk=signature.pk).update(registered_model=world.roses)  # no version yet


def test_every_agreement_is_in_the_tables_above():
    assert {agreement.name for agreement in AGREEMENTS} == BAD_ROWS.keys() | BAD_CHANGES.keys()


def made():
    """The names of ours that the database has."""
    table = "pg_trigger WHERE NOT tgisinternal" if connection.vendor == "postgresql" else "sqlite_master"
    column = "tgname" if connection.vendor == "postgresql" else "name"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        found = {row[0].removesuffix("_insert").removesuffix("_update") for row in cursor.fetchall()}
    return found & {agreement.name for agreement in AGREEMENTS}


def test_they_make_way_for_a_migration_and_are_there_after_it():
    everything = {agreement.name for agreement in AGREEMENTS}
    assert made() == everything
    emit_pre_migrate_signal(0, False, "default")
    assert made() == (set() if connection.vendor == "sqlite" else everything)
    emit_post_migrate_signal(0, False, "default", plan=[])
    emit_post_migrate_signal(0, False, "default", plan=[])
    assert made() == everything
