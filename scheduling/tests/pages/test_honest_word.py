"""Green only where it is known: one answer to everything, a better version, no requests; and what to do."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from predictions.models import Prediction, Promotion, Worker
from predictions.models.prediction import first_id_at
from predictions.registry.promotion import Approval, promote
from scheduling.models import GatePolicy, Run
from scheduling.pages.wellbeing.word import Word
from scheduling.tests.pages.past import make_past, measure
from scheduling.tests.pages.test_overview import card_of, count, roll_back, serve
from scheduling.tests.run_factory import make_awaiting

pytestmark = pytest.mark.django_db
SURE, UNSURE = [0.9, 0.05, 0.05], [0.4, 0.3, 0.3]


@pytest.fixture
def boss():
    return User.objects.create_superuser("boss")


@pytest.fixture
def served(live):
    serve()
    count(live)
    return live


def log(version, outputs, *, shares=None, inputs=None, ago=timedelta(minutes=5)):
    """Write predictions as the ingester would."""
    first = first_id_at(timezone.now() - ago).int
    Prediction.objects.bulk_create(
        Prediction(
            id=UUID(int=first + at), registered_model=version.registered_model, model_version=version,
            inputs=inputs or {"x": at}, output=output, latency_us=9,
            probabilities=[shares[0] + at / 1e6, *shares[1:]] if shares else None,
        )
        for at, output in enumerate(outputs)
    )  # fmt: skip


def fact_of(user, name):
    return next(fact for fact in card_of(user).well.facts if fact.name == name)


@pytest.mark.parametrize("shares", [None, UNSURE])
def test_one_answer_to_all_rows_is_amber_with_what_to_do(boss, served, shares):
    log(served, ["setosa"] * 50, shares=shares)
    card = card_of(boss)
    assert card.word is Word.LOOK
    assert card.why == (
        "The newest 50 rows all got the same answer, “setosa”. Ask it rows that should get another: if it "
        "gets them right, the requests are unusual; if not, roll back."
    )
    assert [need.what for need in card.needs] == [card.why]


@pytest.mark.parametrize(
    ("outputs", "more"),
    [
        (["setosa"] * 49 + ["virginica"], {}),
        (["setosa"] * 19, {}),  # too few to tell
        (["setosa"] * 50, {"inputs": {"x": 1}}),  # one row, again and again
        (["setosa"] * 50, {"shares": SURE}),  # the others may be rare
        (["setosa"] * 50, {"ago": timedelta(days=2)}),
    ],
)
def test_answers_that_may_be_right_are_not_blamed(boss, served, outputs, more):
    log(served, outputs, **more)
    assert card_of(boss).word is Word.WELL


def test_only_the_newest_answers_count(boss, served):
    log(served, ["setosa", "virginica"] * 40, ago=timedelta(hours=2))
    log(served, ["setosa"] * 50)
    assert fact_of(boss, "Answers").found == "all “setosa”"


@pytest.fixture
def judged(iris, served, strong):
    """A run that compared the live version, as the champion, with another."""
    return make_judged(iris, champion=served, candidate=strong)


def make_judged(model, **versions):
    run = Run.objects.create(
        task="retrain", registered_model=model, trigger="schedule", status="finished", decision="kept",
        finished_at=timezone.now(), evaluation_dataset=model.datasets.get(role="evaluation"), reason="So.",
        **versions,
    )  # fmt: skip
    measure(run, live=0.9, candidate=0.88)
    return run


def decide(run, verdict, decision):
    Run.objects.filter(pk=run.pk).update(decision=decision, promotion=None)
    run.results.filter(check_id="evaluation_metrics").update(details={"verdict": verdict})


@pytest.mark.parametrize(
    ("verdict", "decision", "word"),
    [
        ("better", "awaiting_approval", Word.LOOK),
        ("better", "lapsed", Word.LOOK),
        ("better", "kept", Word.LOOK),  # the model was paused
        ("better", "refused", Word.WELL),
        ("better", "blocked", Word.WELL),
        ("too close to call", "cannot_tell", Word.WELL),
        ("worse", "blocked", Word.WELL),
    ],
)
def test_a_candidate_that_is_better_and_waits_is_told(boss, served, judged, verdict, decision, word):
    decide(judged, verdict, decision)
    assert card_of(boss).word is word
    assert ("It waits for approval." in card_of(boss).why) is (decision == "awaiting_approval")
    assert fact_of(boss, "A better version").found == (
        "1.1 is" if word is Word.LOOK else "none that was compared with it"
    )


def test_a_version_that_was_shown_to_be_worse_and_is_live_all_the_same_is_told(boss, served, judged, strong):
    Run.objects.filter(pk=judged.pk).update(candidate=served, champion=strong)
    decide(judged, "worse", "blocked")
    card = card_of(boss)
    assert card.word is Word.LOOK
    assert card.why == (
        "Version 1.1 is clearly better than 1.0: f1_macro 0.900 against 0.880 on the same rows. Promote 1.1 "
        "on its page, unless you know why not."
    )
    assert card.needs[0].href.endswith(f"/run/{judged.pk}/change/")


def test_the_newest_comparison_with_a_version_counts(boss, iris, served, judged, strong):
    decide(judged, "better", "lapsed")
    decide(make_judged(iris, champion=served, candidate=strong), "too close to call", "cannot_tell")
    assert card_of(boss).word is Word.WELL


def test_what_is_not_asked_is_neither_green_nor_amber(boss, live):
    serve()
    assert card_of(boss).word is Word.NOT_ASKED_YET
    Promotion.objects.update(at=timezone.now() - timedelta(hours=2))
    assert card_of(boss).word is Word.NOT_ASKED
    count(live, ago=timedelta(hours=3))
    assert (card_of(boss).word, card_of(boss).needs) == (Word.NOT_ASKED, [])
    Worker.objects.all().delete()
    assert card_of(boss).word is Word.NOT_WELL


def test_after_a_roll_back_requests_before_it_do_not_count(boss, iris, live, strong):
    serve()
    for version in (live, strong):
        count(version, answered=700, ago=timedelta(minutes=20))
    log(live, ["setosa", "virginica"] * 20, ago=timedelta(minutes=20))
    Promotion.objects.update(at=timezone.now() - timedelta(hours=2))
    promote(version=strong, replacing=live.promotions.get(), approval=Approval(by="ada", reason="Try it."))
    roll_back(iris)
    card = card_of(boss)
    assert (card.live.version, card.word) == (live, Word.NOT_ASKED_AGAIN)
    assert "1,400" in fact_of(boss, "Response time of the model").found
    log(live, ["setosa"], ago=timedelta())
    assert card_of(boss).word is Word.WELL


def test_an_approval_is_asked_for_once(boss, iris, served, strong):
    """A candidate that waits is better too: its approval says that."""
    run = make_awaiting(iris, strong, champion=served, requested_by="cleo")
    measure(run, live=0.8, candidate=0.9)
    run.results.filter(check_id="evaluation_metrics").update(details={"verdict": "better"})
    card = card_of(boss)
    assert (card.word, fact_of(boss, "A better version").found) == (Word.LOOK, "1.1 is")
    assert [need.action for need in card.needs] == ["Read and answer"]


def test_what_is_not_watched_is_grey_and_leads_to_where_it_is_switched_on(boss, iris, served, strong):
    GatePolicy.objects.update(bake_minutes=0)
    assert fact_of(boss, "Watch after promotion").found.startswith("Not watched: the first version")
    flip = Promotion.objects.latest("sequence")
    Promotion.objects.create(
        registered_model=iris, sequence=flip.sequence + 1, version=strong, replaced_version=served,
        kind="promote", by="ada", reason="By hand.",
    )  # fmt: skip
    fact = fact_of(boss, "Watch after promotion")
    assert (fact.found, fact.word) == ("Not watched: would not be rolled back by itself", Word.UNKNOWN)
    policy = GatePolicy.objects.get(registered_model=iris)
    assert fact.href.endswith(f"/gatepolicy/{policy.pk}/change/#id_bake_minutes")


def test_a_promotion_that_was_rolled_back_since_says_so(boss, iris, live, strong):
    make_past(iris, live, strong, months=1)
    assert card_of(boss).decision == "promoted"
    roll_back(iris)
    assert card_of(boss).decision == "promoted, rolled back since"


def test_no_comparison_is_not_called_too_close(boss, iris, live, strong):
    make_past(iris, live, strong, months=2)
    run = Run.objects.latest("pk")
    reason = "Kept: no comparison was possible. The two versions cannot be compared by f1_macro: so it is."
    Run.objects.filter(pk=run.pk).update(decision="cannot_tell", reason=reason, promotion=None)
    card = card_of(boss)
    assert card.decision == "no comparison was possible"
    assert card.verdict == "The two versions cannot be compared by f1_macro: so it is."


def test_what_needs_a_person_is_a_line_each_under_the_name_which_leads_to_the_model(client, boss, live):
    Promotion.objects.update(at=timezone.now() - timedelta(minutes=1))
    Worker.objects.all().delete()
    worker = serve("0.9", problems={"iris": "Run `manage.py <x>`"})
    count(live, answered=10, failed=10)
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/admin/").content.decode()
    needs = page.partition('<section class="needs"')[2].partition("</section>")[0]
    own = f"/admin/predictions/registeredmodel/{live.registered_model.pk}/page/"
    assert needs.count(f'<h3><a href="{own}">iris</a></h3>') == 1
    assert needs.count("<li>") == 3  # the scheduler as well
    assert "Run <code>manage.py &lt;x&gt;</code>" in needs
    assert worker.problem not in page
