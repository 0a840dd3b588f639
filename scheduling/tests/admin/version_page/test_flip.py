"""What is asked before a version goes live or is rolled back: how both did, and what is clearly worse."""

import pytest
from django.utils import timezone

from predictions.tests.admin_pages import question, said
from predictions.tests.factories import make_live
from scheduling.models import CheckResult, GatePolicy, Run, Subscription
from scheduling.pages.measured.both_judged import both_judged, results_of
from scheduling.pages.measured.calibrated import worse_calibrated
from scheduling.tests.admin.people import sign_in_superuser
from scheduling.tests.pages.past import measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    return sign_in_superuser(client)


@pytest.fixture
def judge(iris, live, strong):
    """Judge `strong` against `live` on the evaluation set, with these values of f1_macro."""

    def make(*, candidate, champion, **columns):
        run = Run.objects.create(
            task="validate", registered_model=iris, trigger="manual", status="finished", decision="kept",
            candidate=strong, champion=live, reason="So.", finished_at=timezone.now(),
            evaluation_dataset=iris.datasets.filter(role="evaluation").first(), **columns,
        )  # fmt: skip
        measure(run, live=champion, candidate=candidate)
        return run

    return make


def text_of(client, row, action):
    return client.get(question(row, action)).content.decode()


def test_a_roll_back_to_what_is_clearly_worse_is_warned_of(client, boss, iris, live, strong, judge):
    judge(candidate=0.820, champion=0.372)
    make_live(strong)
    text = text_of(client, iris, "roll_back")
    rows = iris.datasets.filter(role="evaluation").first().rows
    assert (
        f"</strong> 1.0 is clearly worse than 1.1: f1_macro 0.372 against 0.820 on {rows} rows. f1_macro is "
        "how well each label is found without false alarms, averaged over the labels; 1 is perfect, 0 is "
        "useless. Higher is better. And nobody watches it afterwards: the program does not roll back to 1.1 "
        "by itself."
    ) in text
    assert "Nobody watches it afterwards: the scheduler watches promotions, and not rollbacks." in text
    assert "Nobody will be told of it" in text
    Subscription.objects.create(person=boss, events=["rolled_back"])
    assert f"These will be told of it: {boss} (e-mail)." in text_of(client, iris, "roll_back")


def test_a_promotion_of_what_is_better_has_the_scores_and_no_warning(client, boss, live, strong, judge):
    judge(candidate=0.820, champion=0.372)
    text = text_of(client, strong, "promote")
    assert "1.1 is clearly better than 1.0: f1_macro 0.820 against 0.372" in text
    assert "Warning" not in text
    assert '<td data-name="Difference">+0.448</td><td data-name="Better on these rows">1.1</td>' in text


def test_where_nothing_was_live_before_no_roll_back_is_offered(client, boss, iris, live):
    text = text_of(client, iris, "roll_back")
    assert ("1.0 is the oldest version" in text, 'name="confirmed"' in text) == (True, False)


def test_nothing_is_promised_of_a_watch_while_the_model_is_paused(client, boss, iris, live, strong):
    assert "rolls back to 1.0 if it gets worse" in text_of(client, strong, "promote")
    iris.hold(by="bob", reason="an audit")
    assert "it rolls nothing back" in text_of(client, strong, "promote")


@pytest.mark.parametrize("minutes", [0, 60])
def test_whether_somebody_watches_a_worse_promotion_is_told(client, boss, iris, live, strong, judge, minutes):
    GatePolicy.objects.filter(registered_model=iris).update(bake_minutes=minutes)
    judge(candidate=0.372, champion=0.820)
    text = text_of(client, strong, "promote")
    assert "Warning" in text
    assert ("And nobody watches it afterwards" in text) is (minutes == 0)


def test_what_no_set_judged_is_told_as_such(client, boss, live, strong):
    assert (
        "No evaluation set has judged both 1.1 and 1.0, so nobody knows which is better. Validate 1.1 first "
        "to find out."
    ) in text_of(client, strong, "promote")


def test_without_a_direct_comparison_the_intervals_of_both_decide(live, strong, judge):
    judge(candidate=0.9, champion=0.7)
    CheckResult.objects.update(measured={
        "candidate": {"log_loss": 0.3}, "champion": {"log_loss": 0.5},
        "own_interval": {"candidate": [0.25, 0.35], "champion": [0.45, 0.55]},
    }, limit={"primary_metric": "log_loss"})  # fmt: skip
    (one,) = both_judged(results_of(live, strong), live, strong)
    assert (one.gain, one.found, one.primary.better) == (None, "worse", "1.1")
    (other,) = both_judged(results_of(live, strong), strong, live)
    assert other.found == "better"
    CheckResult.objects.update(measured={
        "candidate": {"log_loss": 0.3}, "champion": {"log_loss": 0.5},
        "own_interval": {"candidate": [0.25, 0.48], "champion": [0.45, 0.55]},
    })  # fmt: skip
    (one,) = both_judged(results_of(live, strong), live, strong)
    assert one.found == ""
    assert one.sentence.startswith(
        "1.0 is not clearly better or worse than 1.1: log_loss 0.500 against 0.300"
    )


def bins(distance, rows=400):
    half = {"low": 0.5 - 0.05, "high": 0.5 + 0.05}
    return {"distance": distance, "bins": [{"rows": rows, "predicted": 0.5, "observed": 0.5, **half}]}


@pytest.mark.parametrize(("candidate", "told"), [(0.15, True), (0.06, False), (0.01, False)])
def test_worse_calibration_is_told_where_it_is_more_than_chance(live, strong, judge, candidate, told):
    run = judge(candidate=0.9, champion=0.9)
    figures = {"shares": True, "candidate": bins(candidate), "champion": bins(0.02)}
    exhibits = [{"id": "calibration", "figures": figures}]
    said_of_it = (
        "Its probabilities fit worse what happens (calibration): those of 1.1 are off by 0.150 on average, "
        "those of 1.0 by 0.0200. 0 is exactly right."
    )
    assert worse_calibrated(exhibits, run, strong, live) == (said_of_it if told else "")
    assert worse_calibrated(exhibits, run, live, strong) == ""
    assert worse_calibrated([], run, strong, live) == ""


def test_from_the_page_of_a_model_and_back(client, boss, iris, live, strong):
    """Promote, take it back, and return to it: each step is a link of the page before."""
    page = f"/admin/predictions/registeredmodel/{iris.pk}/page/"
    assert f"{page}?tab=versions#versions" in client.get(page).content.decode()
    promote = question(strong, "promote")
    assert promote in client.get(f"{page}?tab=versions").content.decode()
    reply = client.post(promote, {"confirmed": "yes", "reason": "It is better."})
    assert reply["Location"] == page
    back = question(iris, "roll_back")
    assert (
        f'Iris 1.1 is live. <a href="{back}">Undo: roll back to 1.0…</a>' in client.get(page).content.decode()
    )
    reply = client.post(back, {"confirmed": "yes", "reason": "It is not."})
    assert reply["Location"] == page
    text = client.get(page).content.decode()
    assert f'<a href="{promote}">Undo: promote 1.1 again…</a>' in text
    assert f'<a class="button" href="{promote}">Promote 1.1 again…</a>' in text


def test_a_retraining_is_started_from_the_page_of_the_model(client, boss, iris, live):
    page = f"/admin/predictions/registeredmodel/{iris.pk}/page/"
    asks = question(iris, "retrain")
    assert f'href="{asks}">Retrain now…</a>' in client.get(page).content.decode()
    assert f"by the model&#x27;s recipe ({iris.recipe.what})" in client.get(asks).content.decode()
    reply = client.post(asks, {"confirmed": "yes"})
    run = Run.objects.get()
    assert (run.task, run.requested_by, reply["Location"]) == ("retrain", boss.username, page)
    assert (
        f'<a href="/admin/scheduling/run/{run.pk}/change/">Run {run.pk}</a> is queued.' in said(reply)[0][1]
    )
    waits = f"{run} has not ended yet. If it does the same, no second one is queued."
    assert waits in client.get(asks).content.decode()


def test_without_a_recipe_its_tab_says_what_one_is(client, boss, iris, live):
    iris.recipe.delete()
    text = client.get(f"/admin/predictions/registeredmodel/{iris.pk}/page/?tab=recipe").content.decode()
    assert "This model has no recipe yet: a retraining fits the pipeline of the live version anew." in text
    assert f'/admin/scheduling/recipe/add/?registered_model={iris.pk}">Make a recipe…</a>' in text
    assert "there is no recipe" in client.get(question(iris, "retrain")).content.decode()


def test_who_is_told_stands_on_the_page_of_the_model(client, boss, iris, live):
    page = f"/admin/predictions/registeredmodel/{iris.pk}/page/"
    text = client.get(page).content.decode()
    assert "Nobody gets a message when a version goes live" in text
    assert f'/admin/scheduling/subscription/add/?registered_model={iris.pk}">Tell me…</a>' in text
    Subscription.objects.create(person=boss, registered_model=iris, address="boss@example.com")
    text = client.get(page).content.decode()
    assert f"<dt>{boss} (e-mail)</dt><dd>all events</dd>" in text
    assert "boss@example.com" not in text
