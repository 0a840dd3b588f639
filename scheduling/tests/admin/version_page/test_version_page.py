"""A version's page: what it is, how it compares, its card, and trying it with the person's permission."""

import re

import pytest
from django.urls import reverse
from guardian.shortcuts import assign_perm

from predictions.models import ModelVersion, Prediction, RegisteredModel
from predictions.models.people.access import May
from predictions.models.promotion import live_promotion
from predictions.registry.promotion import Approval, roll_back
from predictions.tests.admin_pages import act
from predictions.tests.factories import make_person
from scheduling.admin.version_page.versus import choices_of, differing, of_one_only, versus
from scheduling.approvals.approvals import approve, refuse
from scheduling.models import Subscription
from scheduling.pages.tabs.estimators import estimator_of
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.run_factory import make_awaiting, make_judged

ROW = {"f0": "5.1", "f1": "3.5", "f2": "1.4", "f3": "0.2"}


@pytest.fixture
def judged(iris, live, strong, api, rehearsed):
    return make_judged(iris, strong)


def path_of(version, name="predictions_modelversion_change"):
    return reverse(f"admin:{name}", args=[version.pk])


def test_it_tells_what_a_promotion_replaces_before_it(client, iris, live, strong):
    run = make_awaiting(iris, strong)
    sign_in_superuser(client)
    assert client.get(path_of(strong)).context["consequences"] == []  # it waits for an answer
    refuse(run, user=make_person("ann"), reason="Not now.")
    page = client.get(path_of(strong))
    told = " ".join(page.context["consequences"])
    assert live.label in told
    assert run.reason in told
    assert 'value="promote"' in page.content.decode()
    assert live.name in act(client, strong, "promote").content.decode()


def test_its_history_says_once_why_it_went_live_and_when_it_ceased_to_be(client, iris, live, strong):
    run = make_awaiting(iris, strong)
    approve(run, user=make_person("ann"), reason="Good.")
    by_ann = Approval(by="ann", reason="Too slow.")
    roll_back(registered_model=iris, replacing=live_promotion(iris), approval=by_ann)
    sign_in_superuser(client)
    newest, first = client.get(path_of(strong)).context["history"]
    assert (newest["why"], live.label in newest["what"]) == ("Too slow.", True)
    assert first["run"] == run.pk
    gone, *_ = client.get(path_of(live)).context["history"][1:]
    assert strong.label in gone["what"]


def test_it_tells_who_will_be_told_and_nobody_who_may_not_read(client, iris, live, strong):
    boss, stranger = sign_in_superuser(client), make_person("eve")
    RegisteredModel.objects.update(public=False)
    for person, events in ((boss, []), (stranger, []), (boss, ["rolled_back"])):
        Subscription.objects.create(
            person=person, channel="slack", address="x.test", sealed_url="x", events=events
        )
    told = client.get(path_of(strong)).context["consequences"][-1]
    assert told.count(f"{boss} (Slack") == 1
    assert "eve" not in told
    assert "x.test" not in told


def test_buttons_that_would_be_refused_are_not_there(client, iris, live, strong):
    sign_in_with(client, "view_registeredmodel", "view_registeredmodel")
    assert 'name="action"' not in client.get(path_of(strong)).content.decode()
    sign_in_superuser(client)
    assert 'value="promote"' not in client.get(path_of(live)).content.decode()


def test_it_compares_with_any_other(judged, live, strong, admin_user):
    assert choices_of(strong) == [live]
    found = versus(strong, live, admin_user)
    assert found["direct"] == judged
    (one,) = found["sets"]
    assert (one.found, one.gain["low"] > 0) == ("better", True)
    metrics = {metric.name: metric for metric in one.metrics}
    assert metrics.keys() >= {"accuracy", "f1_macro", "log_loss"}
    assert metrics["f1_macro"].first_ends
    assert (metrics["f1_macro"].better, metrics["f1_macro"].direction) == (strong.label, "Higher is better")
    assert metrics["log_loss"].direction == "Lower is better"
    assert found["rows"]["figures"]["fixed"]["shown"]


def test_it_compares_with_a_version_that_is_wanted_however_many_are_newer(live, strong, monkeypatch):
    monkeypatch.setattr("scheduling.admin.version_page.versus.MOST_VERSIONS", 0)
    assert choices_of(strong) == []
    assert choices_of(strong, wanted=(live.pk, None, strong.pk)) == [live]


def test_whoever_looks_the_candidate_is_compared_with_what_was_live(judged, live, strong, admin_user):
    here, there = versus(strong, live, admin_user), versus(live, strong, admin_user)
    assert (there["first"], there["second"], there["other"]) == (strong, live, strong)
    assert here["sets"][0].gain == there["sets"][0].gain
    assert here["parameters"] == there["parameters"]


def test_rows_are_for_those_who_may_read_the_log(client, judged, strong, live):
    sign_in_with(client, "view_registeredmodel", "view_registeredmodel")
    page = client.get(f"{path_of(strong)}?with={live.pk}")
    assert "shown" not in page.context["compared"]["rows"]["figures"]["fixed"]
    assert not page.context["may_try"]


def test_differing_parameters():
    mine, theirs = {"a": 1, "b": None, "d": None}, {"a": 1, "c": 0.25, "d": 3}
    assert differing(mine, theirs) == [("d", "None", "3")]
    assert (of_one_only(mine, theirs), of_one_only(theirs, mine)) == ([("b", "None")], [("c", "0.25")])


def test_parameters_that_one_version_alone_has_are_folded(client, live, strong):
    ModelVersion.objects.filter(pk=strong.pk).update(
        estimator="sklearn.svm.SVC", params={f"p{at}": at for at in range(31)}
    )
    sign_in_superuser(client)
    page = client.get(f"{path_of(strong)}?with={live.pk}").content.decode()
    versus = page.partition('id="versus"')[2].partition("</section>")[0]
    folded = versus.partition("<details")[2]
    assert '<th scope="row">p30' not in versus.partition("<details")[0]
    assert '<th scope="row">p30' in folded
    assert "only 1.1 has: 31" in folded
    assert "1.1 is made of SVC" in versus


def test_the_title_says_that_it_is_a_version(client, strong):
    sign_in_superuser(client)
    assert f"<h1>Version {strong.label} of iris</h1>" in client.get(path_of(strong)).content.decode()


def test_of_a_pipeline_the_last_step_is_named(strong):
    strong.estimator = "sklearn.pipeline.Pipeline"
    steps = "[('scale', StandardScaler()), ('clf', LogisticRegression())]"
    strong.params = {"clf": "LogisticRegression()", "scale": "StandardScaler()", "steps": steps}
    assert estimator_of(strong).startswith("LogisticRegression")


def test_the_card_is_markdown_from_the_registry(client, judged, strong):
    sign_in_superuser(client)
    reply = client.get(path_of(strong, "version-card"))
    assert reply["Content-Type"] == "text/markdown; charset=utf-8"
    text = reply.content.decode()
    heads = re.findall(r"^## ([A-Z][a-z]+)", text, re.MULTILINE)
    assert heads == ["Intended", "Data", "Limits", "Metrics", "Checks", "Decisions", "Environment"]
    assert strong.artefact_sha256 in text
    assert "| petalwidth | float | > 0 |" in text


def test_it_is_tried_by_the_programs_own_view(client, live, strong):
    sign_in_superuser(client)
    page = client.post(path_of(live, "version-try"), ROW)
    assert page.context["answer"]["prediction"] == 0
    assert page.context["answer"]["version"] == live.label
    wrong = client.post(path_of(live, "version-try"), ROW | {"f3": "-1", "f0": "long"})
    assert wrong.context["answer"] is None
    assert set(wrong.context["form"].errors) == {"f0", "f3"}
    assert Prediction.objects.count() == 0  # the log is written by the ingester


def test_trying_takes_the_permission_for_this_model(client, iris, live):
    person = sign_in_with(client, "view_registeredmodel", "view_registeredmodel")
    assert client.post(path_of(live, "version-try"), ROW).status_code == 403
    assign_perm(May.TRY, person, iris)
    assert client.post(path_of(live, "version-try"), ROW).context["answer"]["prediction"] == 0


def test_it_takes_a_fixed_number_of_queries(client, judged, iris, strong, django_assert_max_num_queries):
    sign_in_superuser(client)
    client.get(path_of(strong))
    with django_assert_max_num_queries(40):
        client.get(path_of(strong))
    for _ in range(10):
        make_awaiting(iris, strong)
    assert live_promotion(iris).version == strong
    with django_assert_max_num_queries(40):
        client.get(path_of(strong))
