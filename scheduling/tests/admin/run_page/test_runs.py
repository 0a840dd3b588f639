"""The audit in the admin: a run with its outcomes on one page, and nothing to be done to it."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from predictions.tests.admin_pages import list_of, log_entries
from scheduling.evidence.outcomes import Level
from scheduling.models import CheckResult, Run
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.run_factory import make_judged, make_run, make_running


@pytest.fixture
def judged(iris, live, strong, api, rehearsed):
    """A run that promoted."""
    return make_judged(iris, strong)


def page_of(run, name="change"):
    return reverse(f"admin:scheduling_run_{name}", args=[run.pk])


def text_of(client, path):
    """The words of a page, without its tags."""
    reply = client.get(path)
    assert reply.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", reply.content.decode()).split())


def test_details_conditions_and_tracebacks_are_for_those_who_may_read_the_log(client, iris):
    run = make_running(iris, evidence={"slices": {"wide": "petalwidth > 777"}}, traceback="ValueError: 778")
    run.results.create(
        check_id="parity", level=Level.FAIL, message="1 row differs", details={"row": 779}, seconds=0.1
    )
    person = sign_in_with(client, "view_registeredmodel", "view_registeredmodel")
    text = text_of(client, page_of(run))
    assert "1 row differs" in text
    assert "wide" in text
    assert not any(value in text for value in ("777", "778", "779"))
    person.user_permissions.add(Permission.objects.get(codename="view_prediction"))
    text = text_of(client, page_of(run))
    assert all(value in text for value in ("777", "778", "779"))


def test_what_decided_stands_first_and_is_called_so(client, judged):
    sign_in_superuser(client)
    page = client.get(page_of(judged))
    shown = page.context["page"]
    assert [one.check_id for one in shown.deciding] == ["evaluation_metrics"]
    assert shown.to_read[0].check_id == "evaluation_metrics"
    assert {*shown.to_read, *shown.folded} == {*judged.results.all()}
    assert page.content.decode().count("This decided.") == 1
    assert "f1_macro is how well each label is found without false alarms" in page.content.decode()


def test_a_retraining_that_gave_the_champion_again_offers_no_promotion(client, iris, live, strong):
    sign_in_superuser(client)
    run = make_running(iris, task="retrain", candidate=strong, champion=live)
    Run.objects.filter(pk=run.pk).update(
        status="finished", finished_at=run.started_at, decision="kept",
        reason="Kept: retraining gave the same model as 1.0.",
    )  # fmt: skip
    text = text_of(client, page_of(run))
    assert "the candidate is identical to the version that was live then" in text
    assert f"Promote {strong.label}" not in text
    version = text_of(client, reverse("admin:predictions_modelversion_change", args=[strong.pk]))
    assert "It is identical to the live version, so there is nothing to promote." in version
    assert f"Promote {strong.label}" not in version
    Run.objects.filter(pk=run.pk).update(evidence={"gate": {"kind": "kept", "reason": ""}})
    assert f"Promote {strong.label}" in text_of(client, page_of(run))


@pytest.mark.parametrize(
    ("cause", "does", "does_not"),
    [
        ("too close to call", "More labelled rows", "Label some requests"),
        ("the evaluation set is unlike the requests", "Label some requests", "can tell the two apart"),
        ("no comparison was possible", "Mend what the reason names", "labelled rows"),
    ],
)
def test_where_nobody_can_tell_heading_and_what_to_do_follow_the_cause(client, iris, cause, does, does_not):
    sign_in_superuser(client)
    run = make_run(iris)
    Run.objects.filter(pk=run.pk).update(
        status="finished", finished_at=run.created_at, decision="cannot_tell", reason=f"Kept: {cause}. So."
    )
    text = text_of(client, page_of(run))
    assert f"Kept : {cause}. So." in text
    assert (does in text, does_not in text) == (True, False)
    setup = text_of(client, reverse("admin:model-setup", args=[iris.pk]))
    assert (cause in setup.lower(), does in setup, does_not in setup) == (True, True, False)
    listed = text_of(client, reverse("admin:scheduling_run_changelist"))
    assert cause in listed.lower()
    assert ("close to call" in listed) is (cause == "too close to call")


def test_a_list_says_the_decision_once(client, iris):
    sign_in_superuser(client)
    run = make_run(iris)
    reasons = {
        "blocked": "Blocked: 1 check failed.",
        "cannot_tell": "Kept: too close to call. f1_macro is 1.",
    }
    for decision, reason in reasons.items():
        Run.objects.filter(pk=run.pk).update(
            status="finished", finished_at=run.created_at, decision=decision, reason=reason
        )
        text = text_of(client, reverse("admin:scheduling_run_changelist"))
        assert text.count("Blocked") == (decision == "blocked") + 1  # and in the filter
        assert ("1 check failed." in text) == (decision == "blocked")
        assert "Kept: too close" not in text


def test_a_run_shows_each_outcome_with_measurement_limit_and_time(client, judged):
    sign_in_superuser(client)
    text = text_of(client, page_of(judged))
    for result in judged.results.all():
        assert result.check_id in text
        assert f"{result.seconds:.3f}" in text
    assert re.search(r"Half of the answers within \(ms\) ?4", text)
    assert re.search(r"are answered \(p50\), at most ?50 ms", text)
    assert "p50_ms" not in text
    assert judged.results.get(check_id="parity").message in text
    assert re.search("f1_macro ?0.9", text)
    assert "Interval of the gain" in text


def test_it_shows_level_and_whether_a_failure_blocks(client, iris):
    run = make_running(iris)
    columns = {"message": "slow", "seconds": 0.1}
    run.results.create(check_id="latency", level=Level.FAIL, blocking=False, **columns)
    run.results.create(check_id="parity", level=Level.NOT_APPLICABLE, **columns)
    sign_in_superuser(client)
    text = text_of(client, page_of(run))
    assert "warn (" in text  # it does not stop a promotion
    assert "not applicable" in text


def test_it_says_what_was_decided_why_and_on_what_evidence(client, judged):
    sign_in_superuser(client)
    text = text_of(client, page_of(judged))
    assert judged.reason in text
    assert judged.candidate.artefact_sha256 in text
    assert "scikit-learn" in text


def test_it_links_to_candidate_champion_and_promotion(client, judged):
    sign_in_superuser(client)
    html = client.get(page_of(judged)).content.decode()
    for row in (judged.candidate, judged.champion, judged.promotion):
        path = reverse(f"admin:predictions_{row._meta.model_name}_change", args=[row.pk])
        assert f'<a href="{path}">{row}</a>' in html
        assert client.get(path).status_code == 200


def test_what_a_run_says_is_never_markup(client, iris):
    evil = "<script>alert(1)</script>"
    run = make_running(iris, reason=evil, requested_by=evil, traceback=evil, evidence={"a": evil})
    run.results.create(
        check_id="latency",
        level="fail",
        message=evil,
        seconds=0,
        measured={evil: evil},
        limit={"x": {"y": evil}},
    )
    sign_in_superuser(client)
    for path in (page_of(run), list_of(run)):
        assert evil.encode() not in client.get(path).content


def test_a_run_that_waits_has_a_page_too(client, iris):
    sign_in_superuser(client)
    assert "queued" in text_of(client, page_of(make_run(iris))).lower()


def test_the_list_shows_the_decision_and_can_be_narrowed(client, judged):
    waiting = make_run(judged.registered_model, task="retrain")
    sign_in_superuser(client)
    text = text_of(client, list_of(judged))
    assert "Promoted" in text
    assert judged.reason.removeprefix("Promoted: b") in text
    assert "Promoted: " not in text
    for query, shown in (
        ("status__exact=queued", waiting),
        ("decision__exact=promoted", judged),
        ("task__exact=retrain", waiting),
        (f"registered_model__id__exact={judged.registered_model.pk}&status__exact=finished", judged),
        ("q=Better", judged),
        (f"created_at__year={judged.created_at.year}&decision__exact=promoted", judged),
    ):
        html = client.get(f"{list_of(judged)}?{query}").content.decode()
        shown_ids = set(re.findall(r"/admin/scheduling/run/(\d+)/change/", html))
        assert shown_ids == {str(shown.pk)}, query


def test_nobody_adds_changes_or_deletes_a_run_or_an_outcome(client, judged):
    sign_in_superuser(client)
    before = (list(Run.objects.values()), list(CheckResult.objects.values()))
    add = reverse("admin:scheduling_run_add")
    data = {"reason": "I say so", "decision": "kept", "results-TOTAL_FORMS": 0, "results-INITIAL_FORMS": 0}
    for path in (add, page_of(judged), page_of(judged, "delete")):
        assert client.post(path, data | {"post": "yes"}).status_code == 403, path
    assert client.get(add).status_code == client.get(page_of(judged, "delete")).status_code == 403
    client.post(
        list_of(judged), {"action": "delete_selected", "_selected_action": [judged.pk], "post": "yes"}
    )
    assert (list(Run.objects.values()), list(CheckResult.objects.values())) == before
    assert log_entries() == []
    html = client.get(page_of(judged)).content.decode()
    for button in ('name="_save"', 'name="_continue"', "deletelink", "delete_selected"):
        assert button not in html


def test_its_list_takes_as_many_queries_however_long_it_is(client, judged, django_assert_max_num_queries):
    for _ in range(30):
        make_running(judged.registered_model, candidate=judged.candidate, champion=judged.champion)
    sign_in_superuser(client)
    with django_assert_max_num_queries(12):
        client.get(list_of(judged))


@pytest.mark.parametrize(
    ("permissions", "status"), [((), 403), (("view_registeredmodel", "view_registeredmodel"), 200)]
)
def test_who_may_not_view_runs_does_not_see_them(client, judged, permissions, status):
    sign_in_with(client, *permissions)
    assert client.get(page_of(judged)).status_code == status
    assert client.get(list_of(judged)).status_code == status


def test_without_signing_in_there_is_nothing_to_see(client, judged):
    assert client.get(page_of(judged)).status_code == 302


def test_the_statistics_of_an_outcome_stand_under_its_message(client, iris):
    run = make_running(iris)
    run.results.create(
        check_id="parity", level=Level.PASS, message="equal", statistics="p < 0.01", seconds=0.1
    )
    sign_in_superuser(client)
    page = client.get(page_of(run)).content.decode()
    assert '<p>equal</p>\n<p class="statistics">p &lt; 0.01</p>' in page
