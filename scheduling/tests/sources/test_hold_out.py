"""No row judges that any candidate trained on: not in one snapshot, and not over the snapshots of a year."""

from collections import Counter
from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from predictions.conf import config
from scheduling.models import DataSource
from scheduling.sources.refusals import NothingNew, SourceRefused
from scheduling.sources.snapshots import snapshot
from scheduling.tests.sources.judged import trained
from scheduling.tests.sources.shop import NOW, ROWS, make_retraining, make_shop, make_source

ALL = "SELECT age, city, at, customer, left_us FROM customer"


def rows_of(dataset, *names):
    table = pq.read_table(config.MEDIA_ROOT / dataset.file)
    return set(zip(*(table[name].to_pylist() for name in names or table.schema.names), strict=True))


def months(model, shop, monkeypatch, *, times=4):
    """The snapshots of some months, each with a hundred rows more than the one before."""
    for month in range(times):
        later = NOW + timedelta(hours=100 * month)
        monkeypatch.setattr("scheduling.sources.snapshots.timezone.now", lambda later=later: later)
        new = [
            (20 + i % 50, f"city {i % 7}", f"{later - timedelta(hours=i):%Y-%m-%d %H:%M:%S}", i % 40, i % 2)
            for i in range(400 + 100 * month)
        ]
        make_shop(shop, new)
        yield snapshot(make_retraining(model), model)


def test_in_time_nothing_held_out_is_older_than_what_was_trained_on(model, shop, monkeypatch):
    make_source(model, window_days=14)
    trained_until = ""
    for rows in months(model, shop, monkeypatch):
        trained_until = max(trained_until, *(at for (at,) in rows_of(rows.training, "at")))
        assert min(at for (at,) in rows_of(rows.evaluation, "at")) > trained_until
        facts = rows.evaluation.snapshot["hold_out"]
        assert facts["training_rows"] + facts["evaluation_rows"] == rows.training.rows + rows.evaluation.rows


def test_in_time_a_larger_share_takes_back_no_row_that_was_trained_on(model, shop):
    source = make_source(model)
    first = snapshot(make_retraining(model), model)
    source.hold_out_share = 0.5
    source.save()
    again = snapshot(make_retraining(model), model)
    assert again.training.snapshot["hold_out"]["cutoff"] == first.training.snapshot["hold_out"]["cutoff"]


@pytest.mark.parametrize("rule", ["group", "random"])
def test_groups_and_rows_never_change_sides(model, shop, monkeypatch, rule):
    columns = ("customer",) if rule == "group" else ("age", "city", "left_us")
    make_source(model, query=ALL, hold_out=rule, group_column="customer", time_column="")
    trained_on = set()
    for rows in months(model, shop, monkeypatch):
        trained_on |= rows_of(rows.training, *columns)
        assert not rows_of(rows.evaluation, *columns) & trained_on
        assert 0.02 < rows.evaluation.rows / (rows.training.rows + rows.evaluation.rows) < 0.5


def test_another_seed_draws_others(model, shop):
    source = make_source(model, query=ALL, hold_out="random", time_column="")
    first = snapshot(make_retraining(model), model)
    source.seed = 1
    source.save()
    assert rows_of(snapshot(make_retraining(model), model).training) != rows_of(first.training)


def test_an_evaluation_source_of_its_own(model, shop):
    make_source(model, hold_out="own", query=f"{ALL} WHERE customer < 30")
    make_source(model, role="evaluation", query=f"{ALL} WHERE customer >= 30")
    rows = snapshot(make_retraining(model), model)
    assert (rows.training.rows, rows.evaluation.rows) == (299, 100)
    assert "hold_out" not in rows.evaluation.snapshot


def test_with_nothing_of_its_own_the_file_that_was_sent_judges(model, shop):
    from predictions.registry import datasets

    make_source(model, hold_out="own")
    with pytest.raises(SourceRefused, match="has no evaluation file"):
        snapshot(make_retraining(model), model)
    content = b"age,city,left_us\n1,a,0\n2,b,1\n"
    sent = datasets.register(registered_model=model, role="evaluation", content=content)
    assert snapshot(make_retraining(model), model).evaluation == sent


def test_what_cannot_be_held_out_is_told(model, shop):
    source = make_source(model, query=ALL, hold_out="group", group_column="nobody", time_column="")

    def refused(why, **columns):
        for name, value in columns.items():
            setattr(source, name, value)
        source.save()
        with pytest.raises(SourceRefused, match=why):
            snapshot(make_retraining(model), model)

    refused("no column nobody")
    refused("no rows to judge by|no rows to train on", query=f"{ALL} WHERE customer = 1", minimum_rows=2,
            group_column="customer")  # fmt: skip
    make_shop(shop, [(1, "a", "yesterday", 1, 0)] * 200)
    refused("values that are no time", query=ALL, hold_out="time", time_column="at", group_column="")
    make_shop(shop, [(1, "a", None, 1, 0)] * 200)
    refused("is empty in some rows")
    make_shop(shop, [(1, "a", "2026-01-01", 1, 0)] * 200)
    refused("no rows to train on")


def test_the_same_rows_are_nothing_new_once_a_version_of_them_was_judged(model, shop):
    make_source(model)
    first = snapshot(make_retraining(model), model)
    assert snapshot(make_retraining(model), model) == first  # no version came of it
    run = trained(model, first.training)
    with pytest.raises(NothingNew, match=f"run {run.pk}:"):
        snapshot(make_retraining(model), model)
    make_shop(shop, list(reversed(ROWS)))
    with pytest.raises(NothingNew):
        snapshot(make_retraining(model), model)
    make_shop(shop, [*ROWS, (99, "city 1", "2026-06-16 00:00:00", 1, 0)])
    assert snapshot(make_retraining(model), model).training != first.training


def test_rows_that_come_back_after_others_are_a_dataset_of_their_own(model, shop):
    make_source(model)
    kept = []
    for rows in (ROWS, ROWS[:300], ROWS):
        make_shop(shop, rows)
        kept.append(snapshot(make_retraining(model), model).training.pk)
    assert len(set(kept)) == 3


def test_columns_that_are_gone_or_of_another_type(model, shop):
    source = make_source(model, query=ALL)
    snapshot(make_retraining(model), model)

    def refused(why, query):
        DataSource.objects.filter(pk=source.pk).update(
            query=query
        )  # the source's history knows nothing of it
        with pytest.raises(SourceRefused, match=why):
            snapshot(make_retraining(model), model)

    refused("column customer is gone", "SELECT age, city, at, left_us FROM customer")
    refused(
        "column customer was int and is text", ALL.replace(", customer", ", CAST(customer AS TEXT) customer")
    )
    refused("no column city", ALL.replace(" city,", ""))
    refused("column age is text, and the model takes float", ALL.replace(" age", " CAST(age AS TEXT) age"))
    refused("no column age, left_us", "SELECT city, at, customer FROM customer")
    source.query = "SELECT age, city, at, left_us FROM customer"
    source.save()  # somebody meant it
    assert snapshot(make_retraining(model), model).training.rows == 319


def test_the_file_that_was_sent_is_split_until_another_one_comes(model, shop):
    from predictions.registry import datasets

    def send(rows):
        lines = "".join(f"{i},city {i % 3},{i % 2}\n" for i in range(rows))
        content = f"age,city,left_us\n{lines}".encode()
        return datasets.register(registered_model=model, role="training", content=content)

    make_source(model, kind="uploaded", query="", database="", hold_out="random", time_column="")
    sent = send(200)
    first = snapshot(make_retraining(model), model)
    assert first.training.source == first.evaluation.source == "split"
    assert first.training.rows + first.evaluation.rows == sent.rows
    assert snapshot(make_retraining(model), model) == first
    send(300)
    again = snapshot(make_retraining(model), model)
    assert again.training.rows + again.evaluation.rows == 300


def test_a_time_that_is_no_time(model, shop):
    make_shop(shop, [(1, "a", float("inf"), 1, 0)] * 200)
    make_source(model, query=ALL)
    with pytest.raises(SourceRefused, match="values that are no time"):
        snapshot(make_retraining(model), model)


def labelled(per_label):
    """Rows that differ in their age, so many of each label."""
    return [(i, "city 1", "2026-01-01", 1, label) for label, rows in per_label.items() for i in range(rows)]


def by_label(rows):
    """How many rows of each label judge."""
    return Counter(pq.read_table(config.MEDIA_ROOT / rows.evaluation.file)["left_us"].to_pylist())


def test_at_random_each_label_is_held_out_in_its_share(model, shop):
    make_source(model, query=ALL, hold_out="random", time_column="", hold_out_share=0.2, minimum_rows=2)
    make_shop(shop, labelled({0: 1000, 1: 5}))
    assert by_label(snapshot(make_retraining(model), model)) == {0: 200, 1: 1}


def test_a_rare_label_that_gets_more_rows_never_judges_what_was_trained_on(model, shop):
    make_source(model, query=ALL, hold_out="random", time_column="", minimum_rows=2)
    trained_on = set()
    for rare in (1, 2, 3, 9, 40):
        make_shop(shop, labelled({0: 300 + rare, 1: rare}))
        rows = snapshot(make_retraining(model), model)
        trained_on |= rows_of(rows.training, "age", "left_us")
        assert not rows_of(rows.evaluation, "age", "left_us") & trained_on


def test_of_numbers_single_rows_are_drawn(model, shop):
    signature = model.signatures.get()
    signature.task, signature.labels = "regression", []
    signature.save()
    make_source(model, query=ALL, hold_out="random", time_column="")
    rows = snapshot(make_retraining(model), model)
    assert "limits" not in rows.evaluation.snapshot["hold_out"]
    assert 0 < rows.evaluation.rows < rows.training.rows
