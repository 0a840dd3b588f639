"""Two buttons of a model's page: a person decides about candidates, or the program does."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from predictions.models.people.roles import give
from predictions.tests.admin_pages import act, log_entries, said
from scheduling.models import GatePolicy
from scheduling.pages.cards.who_decides import in_a_line
from scheduling.tests.admin.people import sign_in_superuser

pytestmark = pytest.mark.django_db
BY_PERSON, AUTOMATIC = GatePolicy.Approval.BY_PERSON, GatePolicy.Approval.AUTOMATIC
PAUSED = "automatic promotion is paused by ada (rolled back: too many alarms)"


@pytest.fixture
def operator(client, iris):
    person = User.objects.create_user("olga", is_staff=True)
    give(person, {"operator"}, iris)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return person


def buttons(client, model):
    """The actions that the model's page offers."""
    page = client.get(reverse("admin:model-page", args=[model.pk])).content.decode()
    known = ("roll_back", "set_hold", "lift_hold", "let_a_person_decide", "let_the_program_decide")
    return {one for one in known if f'value="{one}"' in page or f'/{one}/"' in page}


def test_two_clicks_let_a_person_decide_and_the_history_says_who(client, operator, iris, live):
    reply = act(client, iris, "let_a_person_decide", confirmed="yes")
    assert reply.url == reverse("admin:model-page", args=[iris.pk])
    policy = GatePolicy.objects.get(registered_model=iris)
    assert policy.approval == BY_PERSON
    assert policy.history.first().history_by == "olga"
    assert [level for level, _ in said(reply)] == ["success"]
    assert [entry[0] for entry in log_entries()] == ["olga"]
    act(client, iris, "let_the_program_decide", confirmed="yes")
    assert GatePolicy.objects.get(registered_model=iris).approval == AUTOMATIC


def test_a_model_without_a_policy_gets_one(client, operator, iris):
    GatePolicy.objects.all().delete()
    act(client, iris, "let_a_person_decide", confirmed="yes")
    assert GatePolicy.objects.get(registered_model=iris).approval == BY_PERSON


def test_the_question_tells_who_can_answer(client, operator, iris):
    assert "bob" not in act(client, iris, "let_a_person_decide").context["shown"]
    give(User.objects.create_user("bob", is_staff=True), {"approver"}, iris)
    assert "bob" in act(client, iris, "let_a_person_decide").context["shown"]
    assert GatePolicy.objects.get(registered_model=iris).approval == AUTOMATIC


@pytest.mark.parametrize(
    ("approval", "is_held", "offered"),
    [
        (AUTOMATIC, False, {"set_hold", "let_a_person_decide"}),
        (AUTOMATIC, True, {"lift_hold", "let_a_person_decide"}),
        (BY_PERSON, False, {"let_the_program_decide"}),
        (BY_PERSON, True, {"lift_hold", "let_the_program_decide"}),
        (GatePolicy.Approval.NEVER, False, {"let_a_person_decide"}),
    ],
)
def test_the_page_offers_what_is_not_so_already(client, operator, iris, live, approval, is_held, offered):
    GatePolicy.objects.update(approval=approval)
    if is_held:
        iris.hold(by="ada", reason="An audit.")
    assert buttons(client, iris) == offered


@pytest.mark.parametrize("action", ["let_a_person_decide", "let_the_program_decide"])
def test_a_pause_ends_with_it_because_it_would_contradict_it(client, operator, iris, live, action):
    iris.hold(by="ada", reason="Too many alarms.")
    assert "This ends the pause by ada (Too many alarms)." in act(client, iris, action).context["warning"]
    act(client, iris, action, confirmed="yes")
    iris.refresh_from_db()
    assert not iris.is_held
    assert iris.history.first().history_by == "olga"


def test_one_line_says_who_decides_and_how_to_change_it(iris):
    by_person, automatic = GatePolicy(approval=BY_PERSON), GatePolicy(approval=AUTOMATIC)
    assert in_a_line(automatic, iris).startswith("The program: each new version")
    assert "choose" not in in_a_line(by_person, iris)  # the button stands beside it
    iris.hold(by="ada", reason="rolled back: too many alarms.")
    held = in_a_line(automatic, iris)
    assert held.startswith(f"The program, but {PAUSED}")
    assert held.endswith("To change that, choose “Resume automatic promotion…”.")
    assert "choose" not in in_a_line(automatic, iris, may_resume=False)
    both = in_a_line(by_person, iris)
    assert "Automatic promotion is paused too, by ada (rolled back: too many alarms): until" in both
    assert "nothing is rolled back by itself" in both


@pytest.mark.parametrize("approval", [BY_PERSON, AUTOMATIC])
def test_card_page_and_button_call_a_pause_the_same_whoever_decides(client, operator, iris, live, approval):
    GatePolicy.objects.update(approval=approval)
    iris.hold(by="ada", reason="An audit.")
    page = client.get(reverse("admin:model-page", args=[iris.pk]))
    text, card = page.content.decode(), page.context["card"]
    assert [badge.text for badge in card.badges] == ["automatic promotion paused"]
    assert "automatic promotion is paused" in card.decides
    assert "automatic promotion is paused" in page.context["who_decides"].lower()
    assert "Resume automatic promotion…" in text
    assert "utomatic rollback" not in text


@pytest.mark.parametrize(
    ("others", "told"),
    [
        (0, "Nobody can answer yet"),
        (1, "Nobody could approve a run that p0 started: a second person is needed."),
        (2, "</span> p1</li></ul>"),
        (7, "</span> p4</li></ul><p>And 2 more."),
    ],
)
def test_the_question_says_that_nobody_approves_their_own_and_warns_where_nobody_can(
    client, operator, iris, others, told
):
    group = Group.objects.create(name="judges")
    give(group, {"approver"}, iris)
    for at in range(others):
        person = User.objects.create_user(f"p{at}", is_staff=True)
        group.user_set.add(person) if at % 2 else give(person, {"approver"}, iris)
    context = act(client, iris, "let_a_person_decide").context
    assert "Nobody may approve a run that they started themselves" in context["warning"]
    assert told in context["shown"]
    assert ("Ask an administrator" in context["shown"]) is (others < 2)


def test_it_says_where_a_version_waits_and_that_people_can_promote_by_hand(client, operator, iris, config):
    asked = act(client, iris, "let_a_person_decide").context
    assert "Administrators (superusers) can always answer." in asked["shown"]
    assert "can still promote by hand, though not a new version of their own, which" in asked["warning"]
    told = said(act(client, iris, "let_a_person_decide", confirmed="yes"))[0][1]
    for text in (asked["shown"], told):
        assert "under “Needs you”" in text
        assert f'?registered_model={iris.pk}">Tell me…</a>' in text
    config.APPROVER_MUST_DIFFER = False
    assert "by hand, which" in act(client, iris, "let_a_person_decide").context["warning"]


def test_who_cannot_log_in_to_these_pages_is_told_apart(client, operator, iris):
    for name, is_staff in (("ann", True), ("bob", False), ("cleo", True)):
        give(User.objects.create_user(name, is_staff=is_staff), {"approver"}, iris)
    shown = act(client, iris, "let_a_person_decide").context["shown"]
    assert shown.count("✓") == 2
    assert "By the API only" in shown
    assert shown.count("bob") == 1
    message = said(act(client, iris, "let_a_person_decide", confirmed="yes"))[0][1]
    assert "Who can answer: ann, cleo." in message


def test_a_reader_is_offered_nothing_and_refused(client, iris, live):
    person = User.objects.create_user("rita", is_staff=True)
    give(person, {"reader"}, iris)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert buttons(client, iris) == set()
    act(client, iris, "let_a_person_decide", confirmed="yes")
    assert GatePolicy.objects.get(registered_model=iris).approval == AUTOMATIC


def test_a_superuser_may(client, iris):
    sign_in_superuser(client)
    act(client, iris, "let_a_person_decide", confirmed="yes")
    assert GatePolicy.objects.get(registered_model=iris).approval == BY_PERSON
