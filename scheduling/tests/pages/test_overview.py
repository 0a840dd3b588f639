"""The overview: what a card says, what needs a person, who sees what, and at what cost."""

from datetime import timedelta
from math import sin
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from predictions.models import Promotion, RequestCount, Worker
from predictions.models.people.roles import give
from predictions.tests.factories import make_model
from scheduling.models import GatePolicy, Run, Schedule
from scheduling.pages.overview import overview
from scheduling.pages.wellbeing.facts import SWITCHING
from scheduling.pages.wellbeing.word import Word
from scheduling.tests.pages.past import make_past
from scheduling.tests.run_factory import make_awaiting, make_run
from scheduling.tests.varied_rows import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return User.objects.create_superuser("boss")


def card_of(user, name="iris"):
    return next(card for card in overview(user).cards if card.model.name == name)


def serve(label="1.0", **columns):
    now = timezone.now()
    return Worker.objects.create(
        host="host", pid=Worker.objects.count() + 1, serves={"iris": label}, since=now, seen_at=now,
        began={"iris": now.isoformat()}, **columns,
    )  # fmt: skip


def roll_back(model):
    newest = Promotion.objects.filter(registered_model=model).latest("sequence")
    before = Promotion.objects.get(registered_model=model, sequence=newest.sequence - 1)
    Promotion.objects.create(
        registered_model=model, sequence=newest.sequence + 1, version=before.version, kind="roll_back",
        replaced_version=newest.version, restores=before.sequence, by="ada", reason="Complaints.",
    )  # fmt: skip


def count(version, *, answered=100, refused=0, failed=0, ago=timedelta()):
    block = timezone.now() - ago
    RequestCount.objects.create(
        id=uuid4(), model_version=version, block=block, counted_until=block, answered=answered,
        refused=refused, failed=failed, latencies={"1": {"80": answered}},
    )  # fmt: skip


def test_a_live_version_that_every_worker_serves_is_well(boss, live):
    serve()
    count(live, ago=timedelta(hours=2))
    count(live)
    card = card_of(boss)
    assert card.word is Word.WELL
    assert (card.live.version.label, card.live.by, card.why_live) == ("1.0", "a test", "first")
    assert card.traffic.requests == 200
    assert card.traffic.answered[-3] + card.traffic.answered[-1] == 200
    assert card.traffic.p95_ms == pytest.approx(2 ** (81 / 8) / 1000)
    assert card.needs == []


@pytest.mark.parametrize(
    ("labels", "failed", "word"),
    [
        ([], 0, Word.NOT_WELL),
        (["0.9"], 0, Word.NOT_WELL),
        (["1.0", "0.9"], 0, Word.LOOK),
        (["1.0"], 1, Word.LOOK),
        (["1.0"], 50, Word.NOT_WELL),
    ],
)
def test_workers_and_failures_decide_the_word(boss, live, labels, failed, word):
    Promotion.objects.update(at=timezone.now() - timedelta(minutes=1))
    Worker.objects.all().delete()  # this process is one
    for label in labels:
        serve(label)
    count(live, answered=1000, failed=failed)
    card = card_of(boss)
    assert card.word is word
    assert [need.who for need in overview(boss).needs if need.who != "Scheduler"] == ["iris"]


@pytest.mark.parametrize("labels", [["0.9"], ["1.0", "0.9"]])
def test_workers_may_take_a_moment_to_load_what_has_just_gone_live(boss, live, labels):
    Worker.objects.all().delete()
    for label in labels:
        serve(label)
    count(live)
    assert card_of(boss).word is Word.LOADING
    assert card_of(boss).needs == []
    Promotion.objects.update(at=timezone.now() - 2 * SWITCHING)
    assert card_of(boss).word in (Word.NOT_WELL, Word.LOOK)


def test_the_metric_is_that_of_what_is_live_after_a_person_rolled_back(boss, iris, live, strong):
    make_past(iris, live, strong, months=6)  # 1.1 was promoted, and measured as live since
    assert card_of(boss).value == "0.840"
    roll_back(iris)
    card = card_of(boss)
    assert (card.live.version, card.live.replaced_version) == (live, strong)
    assert card.value == f"{0.88 + 0.01 * sin(5):.3f}"  # of 1.0, as the candidate of the last run
    assert ">live now</text>" in card.metric_picture
    assert f"the last {card.value}" in card.metric_picture
    assert "newest</text>" not in card.metric_picture


def test_a_person_without_a_role_is_not_told_that_there_is_no_model(client, iris, live):
    person = User.objects.create_user("new", is_staff=True)
    assert overview(person).has_hidden
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/admin/").content
    assert b"There is no model yet" not in page
    assert b"scheduler is at work" not in page


def test_what_is_uncertain_about_drift_is_named(boss, iris, live, strong):
    make_past(iris, live, strong, months=1)
    run = Run.objects.latest("pk")
    run.results.create(check_id="label_drift", level="warn", seconds=0.1, message="Possible drift.")
    RequestCount.objects.all().delete()
    (fact,) = [one for one in card_of(boss).well.facts if one.name == "Drift of the data"]
    assert fact.found.startswith("not certain: features and true labels, last looked at")
    assert fact.word is Word.UNKNOWN


@pytest.mark.parametrize("approval", GatePolicy.Approval)
def test_a_card_says_who_decides_where_it_is_not_the_program(boss, iris, live, approval):
    GatePolicy.objects.update(approval=approval)
    assert bool(card_of(boss).who_decides) is (approval != GatePolicy.Approval.AUTOMATIC)


def test_a_model_without_a_live_version_says_so(boss, iris):
    assert card_of(boss).word is Word.NOTHING_LIVE


def test_a_hold_and_a_worn_set_are_badges(boss, live):
    live.registered_model.hold(by="ada", reason="Holiday.")
    assert [badge.text for badge in card_of(boss).badges] == ["automatic promotion paused"]


def test_a_retraining_without_new_rows_is_told(boss, iris, live):
    make_run(iris, task="retrain", status="finished", reason="Not retrained.", finished_at=timezone.now())
    assert [badge.text for badge in card_of(boss).badges] == ["nothing new"]


def test_what_waits_is_shown_to_all_and_asked_of_those_who_may_answer(boss, iris, live, strong):
    serve()
    make_awaiting(iris, strong, requested_by="cleo")
    reader = User.objects.create_user("reader", is_staff=True)
    give(reader, {"reader"}, iris)
    cleo = User.objects.create_superuser("cleo")
    for who, asked, others in ((boss, 1, 0), (reader, 0, 1), (cleo, 0, 1)):
        assert "awaits approval" in [badge.text for badge in card_of(who).badges]
        shown = overview(who)
        needs, waits = ([one for one in found if one.who == "iris"] for found in (shown.needs, shown.others))
        assert [need.action for need in needs] == ["Read and answer"] * asked
        assert [need.action for need in waits] == ["Read the run"] * others
    assert "“approver”" in overview(reader).others[-1].waits_for


def test_what_an_operator_has_to_do_waits_for_one_where_the_reader_is_none(client, iris, live):
    reader, operator = (User.objects.create_user(name, is_staff=True) for name in ("reader", "operator"))
    give(reader, {"reader"}, iris)
    give(operator, {"operator"}, iris)
    serve()
    count(live, refused=50)
    assert [need.who for need in overview(operator).needs] == ["iris"]
    shown = overview(reader)
    assert (shown.needs, [need.who for need in shown.others]) == ([], ["Scheduler", "iris"])
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/admin/").content.decode()
    assert 'class="needs"' not in page
    others = page.partition('id="others"')[2].partition("</details>")[0]
    assert others.count("<li>") == 2
    assert "That is for somebody with the role “operator”" in others


def test_who_can_answer_is_named_on_the_page_of_the_model(client, iris, live, strong):
    make_awaiting(iris, strong, requested_by="cleo")
    reader, bob, cleo = (User.objects.create_user(name, is_staff=True) for name in ("reader", "bob", "cleo"))
    for who, role in ((reader, "reader"), (bob, "approver"), (cleo, "approver")):
        give(who, {role}, iris)
    for who, named in ((reader, "bob"), (cleo, "bob"), (bob, "")):
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        shown = client.get(reverse("admin:model-page", args=[iris.pk])).context
        assert shown["approvers"] == named


def test_a_card_says_which_run_is_at_work_now(client, boss, iris, live, strong):
    def text():
        return client.get("/admin/", headers={"HX-Request": "true"}).content.decode()

    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    make_run(iris, task="watch", status="running")
    Schedule.objects.all().delete()
    assert "At work now" not in text()
    evaluation = iris.datasets.filter(role="evaluation").first()
    run = make_run(iris, candidate=strong, champion=live, evaluation_dataset=evaluation, status="running")
    shown = text()
    assert "At work now:" in shown
    assert f"none is scheduled after run {run.pk}, which is at work now" in shown
    assert "Version being judged:" in shown
    assert "Last version judged:" not in shown


def test_people_see_the_models_of_their_roles(iris, live):
    make_model("wine", public=True)
    reader = User.objects.create_user("reader")
    give(reader, {"reader"}, iris)
    assert [card.model.name for card in overview(reader).cards] == ["iris"]


def test_thirty_models_cost_as_many_queries_as_one(boss):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert overview(User.objects.get(pk=boss.pk)).cards
        return len(asked)

    fill(1)
    queries()  # a process asks for its content types once
    one = queries()
    fill(29)
    assert queries() == one
    assert one <= 23


def test_the_front_page_and_its_part_show_the_cards(client, boss, live):
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    own = "/admin/predictions/registeredmodel/overview/"
    for path, headers, is_framed in (
        ("/admin/", {}, True),
        (own, {}, True),
        (own, {"HX-Request": "true"}, False),
    ):
        reply = client.get(path, headers=headers)
        assert reply.status_code == 200
        assert b'id="model-' in reply.content
        assert (b"<html" in reply.content) is is_framed


def test_the_root_leads_people_in_and_shows_strangers_the_public_models(client, boss, live):
    page = client.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert b"iris" in page.content
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/", headers={"Accept": "text/html"}).url == reverse("admin:overview")
    assert client.get("/").json() == {"health_check": "success"}
