"""A training file alone: a fifth of its rows judges, by a rule that is kept."""

import numpy as np
import pandas as pd
import pytest

from predictions.contract.fields import InvalidInput
from predictions.models import Dataset, ModelVersion, RegisteredModel
from predictions.registry.datasets import Tables
from predictions.registry.inference import infer
from predictions.tables.reading import read
from scheduling.models import Run
from scheduling.registering.holding_out import hold_out
from scheduling.registering.reading import table_of
from scheduling.tests.registering.sent import (
    as_csv,
    as_parquet,
    do_next,
    fields_of,
    files_under,
    make_form,
    make_person,
    make_rows,
    post,
    with_model,
)


def cut(rows, *, as_file=as_csv, **by):
    """Which rows judge, with the facts and the note."""
    file = read(as_file(rows))
    question = {name: column for name, column in by.items() if name in ("time", "group")}
    spec = infer(file.cells, output="churned", **by).spec
    table = table_of(file, RegisteredModel(name="churn"), Dataset.Role.TRAINING)
    return hold_out(table, spec, **question)


def seconds(times):
    return times.map(lambda time: int(time.timestamp()))


def days(count):
    return pd.Series(pd.date_range("2026-01-01", periods=count, freq="D", tz="UTC"))


@pytest.mark.parametrize("as_file", [as_csv, as_parquet])
def test_without_time_and_groups_each_label_keeps_its_share_on_both_sides(as_file):
    rows = make_rows(500)
    held_out = cut(rows, as_file=as_file)
    for _, labels in rows["churned"].groupby(rows["churned"]):
        assert abs(held_out.rows[labels.index].mean() - 0.2) < 0.01
    assert held_out.facts["rule"] == "random"
    assert (held_out.facts["training_rows"], held_out.facts["evaluation_rows"]) == (400, 100)
    assert "100" in held_out.note
    assert (cut(rows, as_file=as_file).rows == held_out.rows).all()
    assert cut(rows.assign(age=rows["age"] + 1), as_file=as_file).rows.tolist() != held_out.rows.tolist()


@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_label_with_two_rows_is_on_both_sides_and_one_with_one_row_trains(count):
    rows = make_rows(100)
    rows.loc[: count - 1, "churned"] = "perhaps"
    rows.loc[99, "churned"] = "never"
    held_out = cut(rows)
    assert 0 < held_out.rows[:count].sum() < count
    assert not held_out.rows[99]
    assert "never" in held_out.note
    assert "perhaps" not in held_out.note


def test_equal_rows_fall_on_one_side():
    rows = pd.concat([make_rows(60)] * 3, ignore_index=True)
    held_out = cut(rows).rows.reshape(3, 60)
    assert (held_out == held_out[0]).all()
    assert 0.15 < held_out.mean() < 0.25


def test_rows_without_a_label_train():
    rows = make_rows(100)
    rows.loc[:40, "churned"] = None
    held_out = cut(rows)
    assert not held_out.rows[:41].any()
    assert 11 <= held_out.rows.sum() <= 12


@pytest.mark.parametrize(
    ("as_file", "written"),
    [
        (as_csv, lambda times: times.dt.strftime("%Y-%m-%dT%H:%M:%SZ")),
        (as_csv, lambda times: seconds(times)),
        (as_parquet, lambda times: times),
        (as_parquet, lambda times: seconds(times)),
    ],
)
def test_the_newest_by_time(as_file, written):
    shuffled = np.random.default_rng(0).permutation(100)
    rows = make_rows(100).assign(at=written(days(100))).iloc[shuffled].reset_index(drop=True)
    held_out = cut(rows, as_file=as_file, time="at")
    assert sorted(shuffled[held_out.rows]) == list(range(80, 100))
    assert (held_out.facts["rule"], held_out.facts["column"]) == ("time", "at")
    assert held_out.facts["cutoff"].startswith("2026")


def test_rows_whose_label_is_not_known_yet_are_not_the_ones_that_judge():
    rows = make_rows(100).assign(at=days(100).dt.strftime("%Y-%m-%d"))
    rows.loc[90:, "churned"] = None
    assert cut(rows, time="at").rows.nonzero()[0].tolist() == list(range(72, 100))


def test_rows_of_one_moment_stay_together():
    rows = make_rows(100).assign(at=["2026-01-01"] * 30 + ["2026-01-02"] * 70)
    assert cut(rows, time="at").rows.tolist() == [False] * 30 + [True] * 70


def test_whole_groups():
    groups = [f"c{number % 37}" for number in range(370)]
    held_out = cut(make_rows(370).assign(customer=groups), group="customer")
    assert not set(np.array(groups)[held_out.rows]) & set(np.array(groups)[~held_out.rows])
    assert 60 <= held_out.rows.sum() <= 80
    assert (held_out.facts["rule"], held_out.facts["column"]) == ("group", "customer")


def test_of_two_large_groups_the_smaller_judges():
    groups = ["a"] * 40 + ["b"] * 60
    assert (
        cut(make_rows(100).assign(customer=groups), group="customer").rows.tolist()
        == [True] * 40 + [False] * 60
    )


def test_numbers_are_drawn_at_random():
    rows = make_rows(200).assign(churned=np.random.default_rng(0).normal(size=200))
    assert cut(rows).rows.sum() == 40


@pytest.mark.parametrize(
    ("columns", "by"),
    [
        ({"at": "2026-01-01"}, {"time": "at"}),
        ({"at": "soon"}, {"time": "at"}),
        ({"at": [*["2026-01-01", "2026-01-02"] * 49, None, None]}, {"time": "at"}),
        ({"customer": "a"}, {"group": "customer"}),
    ],
)
def test_what_cannot_be_cut_names_its_option(columns, by):
    with pytest.raises(InvalidInput) as told:
        cut(make_rows(100).assign(**columns), **by)
    assert [error.field for error in told.value.errors] == [*by]


@pytest.fixture
def ann(db):
    return make_person("ann", "register", "upload", "data")


def registered(client, headers, **changes):
    form = make_form(training=as_csv(make_rows(200)), evaluation=None, **changes)
    reply = post(client, "/api/models", form, headers=headers)
    assert reply.status_code == 202, reply.json()
    return do_next()


def test_both_parts_are_registered_with_their_origin(client, ann, api, config):
    run = registered(client, ann)
    assert (run.status, run.errors) == ("finished", []), run.reason
    training, evaluation = (Dataset.objects.get(role=role) for role in ("training", "evaluation"))
    assert (training.rows, evaluation.rows) == (160, 40)
    assert training.snapshot == evaluation.snapshot
    assert training.snapshot["hold_out"]["rule"] == "random"
    assert training.source == "uploaded"
    said = [note for note in run.notes if "40" in note]
    assert said
    assert said[0] in evaluation.notes
    cells = pd.concat([Tables().of(one).cells for one in (training, evaluation)])
    both = cells.astype({"age": float, "price": float}).sort_values(["age", "price"], ignore_index=True)
    pd.testing.assert_frame_equal(
        both, make_rows(200).sort_values(["age", "price"], ignore_index=True), check_dtype=False
    )
    assert files_under(config.MEDIA_ROOT / "quarantine") == []


def test_the_same_file_again_is_there_already(client, ann, api):
    registered(client, ann)
    reply = post(
        client, "/api/models", make_form(training=as_csv(make_rows(200)), evaluation=None), headers=ann
    )
    assert (reply.status_code, reply.json()["run"]) == (200, None)
    assert Dataset.objects.count() == 2


def test_a_fitted_model_needs_rows_that_it_has_not_seen(client, ann, config):
    reply = post(client, "/api/models", with_model(evaluation=None), headers=ann)
    assert (reply.status_code, fields_of(reply)) == (400, ["evaluation"])
    assert (Run.objects.count(), RegisteredModel.objects.count()) == (0, 0)
    assert files_under(config.MEDIA_ROOT) == []


def test_nor_may_it_come_later_as_if_it_had_not_seen_them(client, ann, api):
    registered(client, ann)
    sent = Dataset.objects.first().snapshot["sent"]
    model = with_model()["model"]
    for trained_on in ("training", sent):
        form = {"file": model, "trained_on": trained_on}
        reply = post(client, "/api/models/churn/versions", form, headers=ann)
        assert (reply.status_code, fields_of(reply)) == (400, ["trained_on"])
    whole = {"role": "training", "file": as_csv(make_rows(200))}
    reply = post(client, "/api/models/churn/datasets", whole, headers=ann)
    assert (reply.status_code, fields_of(reply)) == (400, ["file"])
    fresh = {"role": "evaluation", "file": as_csv(make_rows(80, seed=5))}
    assert post(client, "/api/models/churn/datasets", fresh, headers=ann).status_code == 202
    assert do_next().status == "finished"
    assert post(client, "/api/models/churn/datasets", whole, headers=ann).status_code == 202
    assert do_next().status == "finished"
    form = {"file": model, "trained_on": sent}
    assert post(client, "/api/models/churn/versions", form, headers=ann).status_code == 202
    assert ModelVersion.objects.count() == 0


def test_a_recipe_trains_on_one_part_and_is_judged_by_the_other(client, ann, api, rehearsed):
    from predictions.models import Promotion
    from scheduling.models import Recipe

    registered(client, ann)
    model = RegisteredModel.objects.get()
    Recipe.objects.create(
        registered_model=model, estimator="LogisticRegression", parameters={}, name_template="lr"
    )
    Run.objects.enqueue(task="retrain", registered_model=model, trigger="api", requested_by="ann")
    run = do_next()
    assert run.status == "finished", run.reason
    assert run.candidate.training_dataset.snapshot["hold_out"]["training_rows"] == 160
    assert run.decision in ("promoted", "blocked"), run.reason
    assert Promotion.objects.count() == (run.decision == "promoted")


@pytest.mark.parametrize(("by", "field"), [({"time": "at"}, "time"), ({"group": "at"}, "group")])
def test_a_column_that_cannot_cut_the_file_is_told_by_the_run(client, ann, api, by, field):
    rows = as_csv(make_rows(100).assign(at="2026-01-01"))
    reply = post(client, "/api/models", make_form(training=rows, evaluation=None, **by), headers=ann)
    assert reply.status_code == 202
    run = do_next()
    assert (run.status, [error["field"] for error in run.errors]) == ("failed", [field])
    assert not Dataset.objects.exists()
