"""*Retrain now…* says beforehand what will come of it: nothing new, and who may not approve."""

from datetime import timedelta

import pytest
from django.utils import timezone

from predictions.models import Dataset
from predictions.tests.admin_pages import act
from scheduling.models import GatePolicy, Recipe, Run
from scheduling.sources.known import refuse_known_file
from scheduling.sources.refusals import NothingNew
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.sources.judged import trained

pytestmark = pytest.mark.django_db


def forget_recipe(model):
    """It draws values, so there is always another candidate; it went before the last run."""
    model.recipe.delete()
    Recipe.history.update(history_date=timezone.now() - timedelta(days=1))


@pytest.fixture
def boss(client, iris):
    forget_recipe(iris)
    return sign_in_superuser(client)


def told(client, model):
    return act(client, model, "retrain").context["warning"]


def test_it_says_that_nothing_is_new(client, boss, iris):
    rows = iris.datasets.get(role="training")
    assert "Nothing new" not in told(client, iris)
    run = trained(iris, rows)
    assert all(said in told(client, iris) for said in (f"run {run.pk}", f"{rows.rows} of that run"))
    Dataset.objects.create(registered_model=iris, role="training", file="n.csv", sha256="n" * 64, rows=9)
    assert "Nothing new" not in told(client, iris)


@pytest.mark.parametrize("again", [True, False])
def test_a_box_asks_for_the_same_rows_again(client, boss, iris, again):
    trained(iris, iris.datasets.get(role="training"))
    act(client, iris, "retrain", confirmed="yes", **({"repeat": "on"} if again else {}))
    run = Run.objects.get(task="retrain", status="queued")
    assert run.parameters == ({"repeat": True} if again else {})


def test_what_the_run_tells_names_the_box_and_no_code(iris):
    forget_recipe(iris)
    trained(iris, iris.datasets.get(role="training"))
    with pytest.raises(NothingNew, match="Train on the same rows again") as found:
        refuse_known_file(iris)
    assert "`" not in str(found.value)


@pytest.mark.parametrize(
    ("approval", "differs", "says"),
    [("by_person", True, True), ("by_person", False, False), ("automatic", True, False)],
)
def test_it_says_who_may_not_approve(client, boss, iris, config, approval, differs, says):
    config.APPROVER_MUST_DIFFER = differs
    GatePolicy.objects.update(approval=approval)
    assert ("Nobody may approve a run that they started" in told(client, iris)) is says
    assert (boss.username in told(client, iris)) is (approval == "by_person")
