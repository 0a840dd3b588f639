"""The same evaluation rows are not fresh for being in another order, twice in the file, or in a new one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset
from predictions.models.base import ImmutableRow
from predictions.registry import datasets
from predictions.tests.factories import make_model
from scheduling.evidence.samples import hashes_of
from scheduling.judging.evaluation_reuse import note_reuse
from scheduling.models import HoldOut, Look

pytestmark = pytest.mark.django_db
SPEC = SignatureSpec(
    task="classification",
    output_name="y",
    labels=("no", "yes"),
    features=(
        FeatureSpec(name="x", kind=Kind.FLOAT, example=1.0),
        FeatureSpec(name="town", kind=Kind.TEXT, required=False, example="Ulm"),
    ),
)


def rows(n, seed=1, digits=6):
    chance = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "x": chance.normal(size=n).round(digits),
            "town": chance.choice(["Ulm", "Bonn", None], n),
            "y": chance.choice(["no", "yes"], n),
        }
    )


@pytest.fixture
def model(db, config, tmp_path):
    config.MEDIA_ROOT = tmp_path
    return make_model()


def register(model, frame, spec=SPEC):
    content = frame.to_csv(index=False).encode()
    dataset = datasets.register(registered_model=model, role=Dataset.Role.EVALUATION, content=content)
    note_reuse(dataset, spec, hashes_of(datasets.read_frame(dataset, spec), spec))
    return dataset


def look_at(dataset, number):
    return Look.objects.create(
        evaluation_dataset=dataset, number=number, candidate="1.1", champion="1.0", metric="brier",
        alpha=0.01, margin_factor=1.0,
    )  # fmt: skip


def spent(dataset):
    return Look.objects.spent(dataset)


def test_another_order_is_the_same_set(model):
    first = register(model, rows(60))
    look_at(first, 7)
    second = register(model, rows(60).sample(frac=1, random_state=1))
    assert (second.sha256 != first.sha256, spent(second)) == (True, 7)
    assert second.hold_out.fingerprint == first.hold_out.fingerprint
    assert (second.hold_out.first, second.hold_out.shared) == (first, 1.0)


@pytest.mark.parametrize(
    ("change", "shared"),
    [
        (lambda frame: pd.concat([frame, frame.head(1)]), 1.0),  # a row repeated
        (lambda frame: pd.concat([frame, frame]), 1.0),
        (lambda frame: frame.head(20), 1.0),
        (lambda frame: frame.assign(x=frame["x"].map("{:.8f}".format)), 1.0),  # written otherwise
        (lambda frame: pd.concat([frame, rows(40, 2)]), 0.6),
        (lambda frame: pd.concat([frame.head(33), rows(27, 2)]), 0.55),
    ],
)
def test_most_of_an_older_sets_rows_continue_its_looks(model, change, shared):
    first = register(model, rows(60))
    look_at(first, 7)
    second = register(model, change(rows(60)))
    assert (second.hold_out.first, spent(second)) == (first, 7)
    assert second.hold_out.shared == pytest.approx(shared)


@pytest.mark.parametrize(
    "fresh",
    [
        rows(60, 2),
        pd.concat([rows(60).head(30), rows(30, 2)]),  # half is not most
        rows(60).assign(y=["yes" if label == "no" else "no" for label in rows(60)["y"]]),  # labelled anew
    ],
)
def test_fresh_rows_begin_again(model, fresh):
    look_at(register(model, rows(60)), 7)
    second = register(model, fresh)
    assert (second.hold_out.first, second.hold_out.shared, spent(second)) == (second, None, 0)


def test_rows_that_are_equal_by_nature_are_shared_by_chance_alone(model):
    """One digit of x: nearly every row of a fresh set is in the older one."""
    coarse = register(model, rows(600, digits=0))
    look_at(coarse, 7)
    assert spent(register(model, rows(600, 2, digits=0))) == 0
    assert spent(register(model, rows(600, digits=0).sample(frac=1, random_state=1))) == 7


def test_a_line_goes_on_and_its_sets_share_one_count(model):
    first = register(model, rows(60))
    look_at(first, 1)
    second = register(model, pd.concat([rows(60).head(40), rows(20, 2)]))
    look_at(second, 2)
    third = register(model, pd.concat([rows(60).tail(20), rows(60).head(40).tail(16), rows(20, 2)]))
    assert {spent(dataset) for dataset in (first, second, third)} == {2}
    assert {dataset.hold_out.first for dataset in (second, third)} == {first}
    assert Look.objects.latest_of_each([third])[third.pk].evaluation_dataset == second


def test_of_two_older_sets_the_one_with_more_looks_is_continued(model):
    worn, fresh = register(model, rows(60)), register(model, rows(60, 2))
    look_at(worn, 9)
    look_at(fresh, 1)
    both = pd.concat([rows(60).head(58), rows(60, 2)])
    assert spent(register(model, both.sample(frac=1, random_state=1))) == 1  # 49 and 51 %
    assert spent(register(model, pd.concat([both, rows(60).head(58)]))) == 9


def test_another_models_sets_do_not_count(model):
    other = make_model(name="other")
    look_at(register(other, rows(60)), 7)
    assert spent(register(model, rows(60))) == 0


def test_an_older_set_that_lacks_a_column_shares_nothing(model, caplog):
    look_at(register(model, rows(60)), 7)
    wider = replace(SPEC, features=(*SPEC.features, FeatureSpec(name="z", kind=Kind.FLOAT, example=1.0)))
    assert spent(register(model, rows(60).assign(z=1.0), wider)) == 0
    assert "lacks the columns: z" in caplog.text


def test_it_is_written_once(model):
    dataset = register(model, rows(60))
    note_reuse(dataset, SPEC, hashes_of(rows(9), SPEC))  # not compared again
    with pytest.raises(ImmutableRow):
        HoldOut.objects.get().save()
