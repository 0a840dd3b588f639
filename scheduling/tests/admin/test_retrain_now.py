"""*Retrain now…* says beforehand what will come of it: nothing new, and who may not approve."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from predictions.models import Dataset
from predictions.models.people.roles import give
from predictions.tests.admin_pages import act, said
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


def add_recipe(model):
    Recipe.objects.create(registered_model=model, estimator="DecisionTreeClassifier",
                          name_template="tree")  # fmt: skip


def add_rows(model):
    Dataset.objects.create(registered_model=model, role="training", file="n.csv", sha256="n" * 64, rows=9)


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
    add_rows(iris)
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
    give(User.objects.create_user("mia", is_staff=True), {"approver"}, iris)
    shown = act(client, iris, "retrain").context["shown"]
    assert ("Who can answer: " in shown) is ("mia" in shown) is (approval == "by_person")
    assert (boss.username in shown) is (approval == "by_person" and not differs)


@pytest.mark.parametrize("status", ["queued", "running"])
def test_a_second_press_leads_to_the_run_of_the_first(client, boss, iris, status):
    act(client, iris, "retrain", confirmed="yes")
    run = Run.objects.get(task="retrain")
    Dataset.objects.update(created_at=timezone.now() - timedelta(days=1))
    Run.objects.update(status=status, started_at=timezone.now() if status == "running" else None)
    reply = act(client, iris, "retrain", confirmed="yes")
    assert Run.objects.get(task="retrain") == run
    level, message = said(reply)[-1]
    assert (level, f"/run/{run.pk}/" in message, "no second one" in message) == ("success", True, True)


def test_a_press_that_asks_for_something_else_is_a_run_of_its_own(client, boss, iris):
    act(client, iris, "retrain", confirmed="yes")
    act(client, iris, "retrain", confirmed="yes", repeat="on")
    assert Run.objects.filter(task="retrain").count() == 2
    Run.objects.update(status="finished", finished_at=timezone.now())
    act(client, iris, "retrain", confirmed="yes")
    assert Run.objects.filter(task="retrain").count() == 3


@pytest.mark.parametrize("what", [add_recipe, add_rows])
def test_a_run_that_began_before_a_new_recipe_or_new_rows_is_not_the_same(client, boss, iris, what):
    Dataset.objects.update(created_at=timezone.now() - timedelta(days=1))
    act(client, iris, "retrain", confirmed="yes")
    Run.objects.update(status="running", started_at=timezone.now() - timedelta(minutes=5))
    what(iris)
    act(client, iris, "retrain", confirmed="yes")
    assert Run.objects.filter(task="retrain").count() == 2
