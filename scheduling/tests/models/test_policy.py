"""What a model asks of its candidates; what does not fit its newest signature is refused by field."""

import pytest
from django.core.exceptions import ValidationError

from predictions.models import ModelVersion, RegisteredModel, Signature
from predictions.tests.factories import make_live, make_model, make_version
from scheduling.evidence.provenance import Policy
from scheduling.models import GatePolicy


def refused(row):
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    return {field: " ".join(messages) for field, messages in caught.value.message_dict.items()}


def test_the_fixtures_policy_asks_for_a_gain_worth_having(iris):
    policy = iris.policy
    policy.full_clean()
    assert (policy.primary_metric, policy.promote_when, policy.least_gain) == ("f1_macro", "better", 0.01)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"least_gain": -0.01}, "least_gain"),
        ({"margin": -1.0}, "margin"),
        ({"primary_metric": "luck"}, "primary_metric"),
        ({"promote_when": "always"}, "promote_when"),
    ],
)
def test_a_policy_refuses_what_makes_no_sense(iris, columns, field):
    GatePolicy.objects.all().delete()
    assert list(refused(GatePolicy(registered_model=iris, **columns))) == [field]


def policy_of(task, labels=(), **columns):
    model = RegisteredModel.objects.create(name="other", title="Other", public=True)
    Signature.objects.create(
        registered_model=model, number=1, task=task, output_name="y", labels=list(labels)
    )
    return GatePolicy(registered_model=model, **columns)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("task", "labels", "columns"),
    [
        ("regression", (), {"primary_metric": "r2", "floors": {"mae": 3, "r2": -0.5}}),
        ("classification", ("no", "yes"), {"primary_metric": "roc_auc", "positive_label": "no"}),
        ("classification", (0, 1, 2), {"primary_metric": "roc_auc", "floors": {"average_precision": 0.5}}),
        ("classification", (0, 1, 2), {"primary_metric": "brier", "floors": {"log_loss": 0.4}}),
        ("classification", (False, True), {"primary_metric": "average_precision", "positive_label": True}),
        ("regression", (), {"primary_metric": "pinball", "pinball_quantile": 0.9, "group_column": "town"}),
    ],
)
def test_it_takes_what_fits_the_signature(task, labels, columns):
    policy_of(task, labels, **columns).full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("task", "labels", "columns", "field", "said"),
    [
        ("regression", (), {}, "primary_metric", " r2, "),
        ("classification", (0, 1), {"primary_metric": "rmse"}, "primary_metric", "rmse "),
        ("classification", (0, 1, 2), {"positive_label": 1}, "positive_label", " 3 "),
        ("classification", (0, 1), {"floors": {"mae": 1}}, "floors", "mae "),
        ("classification", (0, 1), {"floors": {"luck": 1}}, "floors", "luck "),
        ("classification", (0, 1), {"floors": {"accuracy": "high"}}, "floors", " accuracy "),
        ("classification", (0, 1), {"floors": {"accuracy": True}}, "floors", " accuracy "),
        ("classification", (0, 1), {"floors": {"accuracy": float("inf")}}, "floors", " accuracy "),
        ("classification", (0, 1), {"floors": [1]}, "floors", "{"),
        ("classification", (0, 1), {"positive_label": 7}, "positive_label", " 0, 1"),
        ("classification", (0, 1), {"group_column": "y"}, "group_column", "column"),
        ("classification", (0, 1), {"log_loss_floor": 0.0}, "log_loss_floor", "greater than or equal"),
        ("classification", (0, 1), {"log_loss_floor": 0.5}, "log_loss_floor", "less than or equal"),
        ("classification", (0, 1), {"pinball_quantile": 1.0}, "pinball_quantile", "less than or equal"),
    ],
)
def test_it_refuses_by_field_what_does_not_fit_the_signature(task, labels, columns, field, said):
    problems = refused(policy_of(task, labels, **columns))
    assert list(problems) == [field]
    assert said in problems[field]


def policy_of_versions(*have_probabilities, **columns):
    """The policy of a model with such versions, of which the first is live."""
    model = make_model("other")
    versions = [make_version(model, f"v{i}") for i in range(len(have_probabilities))]
    for version, has in zip(versions, have_probabilities, strict=True):
        golden = {"rows": [], "outputs": []} | ({"probabilities": []} if has else {})
        ModelVersion.objects.filter(pk=version.pk).update(golden_rows=golden)
    return versions[0], GatePolicy(registered_model=model, **columns)


NEEDING = ["average_precision", "brier", "log_loss", "roc_auc"]


@pytest.mark.django_db
@pytest.mark.parametrize("metric", NEEDING)
def test_what_needs_probabilities_is_refused_where_the_live_version_has_none(metric):
    live, policy = policy_of_versions(False, True, primary_metric=metric)
    make_live(live)
    assert list(refused(policy)) == ["primary_metric"]
    assert "accuracy, balanced_accuracy, f1_macro, f1_weighted." in refused(policy)["primary_metric"]
    policy.primary_metric, policy.floors = "f1_macro", {"accuracy": 0.5, metric: 0.5}
    assert list(refused(policy)) == ["floors"]
    policy.floors = {"accuracy": 0.5}
    policy.full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("metric", NEEDING)
def test_before_a_version_is_live_the_newest_one_counts(metric):
    policy_of_versions(False, True, primary_metric=metric)[1].full_clean()


@pytest.mark.django_db
def test_a_newest_version_without_probabilities_is_known_before_any_is_live():
    policy = policy_of_versions(True, False, primary_metric="log_loss")[1]
    assert list(refused(policy)) == ["primary_metric"]


@pytest.mark.django_db
def test_the_newest_signature_counts(iris):
    Signature.objects.create(registered_model=iris, number=2, task="regression", output_name="size")
    assert list(refused(iris.policy)) == ["primary_metric", "floors"]


@pytest.mark.django_db
def test_without_a_signature_there_is_nothing_to_compare_with():
    model = RegisteredModel.objects.create(name="other", title="Other", public=True)
    GatePolicy(registered_model=model, primary_metric="rmse").full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize(("changes", "asked"), [(True, ("unless_worse", 0.01)), (False, ("better", 0.0))])
@pytest.mark.parametrize(
    ("task", "metric", "relative"), [("regression", "rmse", True), ("classification", "f1_macro", False)]
)
def test_a_model_without_a_policy_has_the_defaults_for_its_task_and_data_and_nothing_is_written(
    task, metric, relative, changes, asked
):
    model = policy_of(task, (0, 1) if task == "classification" else ()).registered_model
    model.data_changes = changes
    policy = GatePolicy.objects.of(model)
    assert (policy.primary_metric, policy.relative, policy.floors) == (metric, relative, {})
    assert (policy.promote_when, policy.margin) == asked
    assert (policy.pk, GatePolicy.objects.count()) == (None, 0)
    policy.save()
    assert GatePolicy.objects.of(model) == policy


def test_all_that_is_asked_is_kept_with_each_outcome():
    columns = {
        "primary_metric": "brier",
        "promote_when": "better",
        "margin": 0.5,
        "floors": {"accuracy": 0.9},
    }
    assert GatePolicy(**columns).for_the_gate == Policy(**columns)
