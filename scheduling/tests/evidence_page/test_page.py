"""The evidence of a run over the API: as JSON and as one file, for those who may see it."""

import re

import pytest

from predictions.tests.factories import make_person, token_of
from scheduling.evidence_page.exhibits import EXHIBITS
from scheduling.evidence_page.page import HIDDEN
from scheduling.evidence_page.style import EVIDENCE_STYLE, EVIDENCE_STYLE_SOURCE
from scheduling.models import Run
from scheduling.templatetags import evidence as evidence_tags
from scheduling.tests.run_factory import make_judged, make_run, make_running

NOT_DRAWN = ("changed_rows", "slices", "drift")  # for those who may not read values: of 45 rows no slice is


@pytest.fixture
def judged(iris, live, strong, api, drawn):
    """A run that promoted."""
    return make_judged(iris, strong)


def evidence(client, run, **headers):
    reply = client.get(f"/api/runs/{run.pk}/evidence", headers=headers)
    assert reply.status_code == 200, reply.content
    return reply.json()


def exhibit(body, name):
    return next(one for one in body["exhibits"] if one["id"] == name)


def reader(*permissions):
    return token_of(make_person("reader", *permissions))


def test_it_has_verdict_checks_figures_and_what_was_compared(client, judged, live, strong):
    body = evidence(client, judged)
    assert (body["run"]["decision"], body["run"]["reason"]) == ("promoted", judged.reason)
    assert len(body["run"]["results"]) == judged.results.count()
    assert body["run"]["evidence"]["policy"]["primary_metric"] == "f1_macro"
    assert [one["id"] for one in body["exhibits"]] == [one.id for one in EXHIBITS]
    assert exhibit(body, "gain")["figures"]["verdict"] == "better"
    assert body["problem"] == ""
    for who, version in (("candidate", strong), ("champion", live)):
        compared = body["compared"][who]
        assert compared["label"] == version.label
        assert compared["artefact_sha256"] == version.artefact_sha256
    dataset = judged.evaluation_dataset
    assert body["compared"]["evaluation_dataset"]["sha256"] == dataset.sha256


def test_values_of_rows_are_for_those_who_may_read_inputs(client, judged):
    everybodys = exhibit(evidence(client, judged), "changed_rows")
    assert everybodys["figures"]["fixed"] == {"rows": 14}
    assert everybodys["note"] == HIDDEN
    rows = exhibit(evidence(client, judged, **reader("view_prediction")), "changed_rows")
    assert rows["figures"]["fixed"]["shown"][0]["values"] == [6.1, 2.9, 4.7, 1.4]
    assert rows["figures"]["fixed"]["shown"][0]["row"] == 2
    assert rows["note"] == ""


def test_details_of_outcomes_are_for_them_too(client, judged):
    assert {one["details"] for one in evidence(client, judged)["run"]["results"]} == {None}
    read = evidence(client, judged, **reader("view_prediction"))["run"]["results"]
    assert [one["details"] for one in read] == [one.details for one in judged.results.all()]
    for permissions, folded in ((), 0), (("view_prediction",), len([one for one in read if one["details"]])):
        token = token_of(make_person(f"with {len(permissions)}", *permissions))
        text = client.get(f"/api/runs/{judged.pk}/evidence.html", headers=token).content.decode()
        assert text.count("<summary>Rows and values</summary>") == folded


def test_distributions_are_for_them_too(client, judged):
    everybodys = exhibit(evidence(client, judged), "drift")
    assert {key for column in everybodys["figures"]["columns"] for key in column} == {"name", "distance", "p"}
    whole = exhibit(evidence(client, judged, **reader("view_prediction")), "drift")
    assert whole["figures"]["columns"][0]["reference"]
    assert everybodys["description"] == whole["description"]


def test_the_file_needs_nothing_else_and_runs_nothing(client, judged):
    reply = client.get(f"/api/runs/{judged.pk}/evidence.html")
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"iris-run-{judged.pk}.html" in reply.headers["Content-Disposition"]
    text = reply.content.decode()
    assert "default-src 'none'" in text
    assert not re.search(r"<(script|link|img|iframe|object|base)\b", text)
    assert not re.search(r"""\s(src|style|on\w+)=["']""", text)
    assert {target[0] for target in re.findall(r'href="([^"]*)"', text)} == {"#"}
    assert text.count("<svg") == len([one for one in EXHIBITS if one.id not in NOT_DRAWN])
    for shown in (
        judged.reason.split(". ")[0],
        "<dd>50 ms</dd>",
        judged.evidence["artefact_sha256"],
        f"manage.py replay_run {judged.pk}<",
    ):
        assert shown in text


def test_its_style_is_the_only_one_that_the_policy_allows(client, judged):
    reply = client.get(f"/api/runs/{judged.pk}/evidence.html")
    (style,) = re.findall("<style>(.*)</style>", reply.content.decode(), re.DOTALL)
    assert style == EVIDENCE_STYLE
    assert f"'{EVIDENCE_STYLE_SOURCE}'" in reply.headers["Content-Security-Policy"]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["evidence", "evidence/", "evidence.html"])
def test_of_a_private_model_nothing_is_there_without_a_token(client, iris, path):
    model = type(iris).objects.create(name="secret", title="Secret", public=False)
    url = f"/api/runs/{make_run(model).pk}/{path}"
    assert client.get(url).status_code == 404
    assert client.get(url, headers=reader()).status_code == 404
    assert client.get(url, headers=token_of(make_person("ann", "view_registeredmodel"))).status_code == 200


@pytest.mark.parametrize("path", ["evidence", "evidence.html"])
def test_of_no_run_there_is_none(client, db, path):
    reply = client.get(f"/api/runs/999/{path}")
    assert (reply.status_code, reply.headers["Content-Type"]) == (404, "application/json")


def test_a_run_that_waits_says_that_there_is_no_verdict_yet(client, iris):
    run = make_run(iris)
    assert evidence(client, run)["problem"]
    text = client.get(f"/api/runs/{run.pk}/evidence.html").content.decode()
    assert "<strong>Queued.</strong>" in text
    assert '<h2 id="checks">' not in text
    assert "replay_run" not in text


@pytest.mark.parametrize(
    ("columns", "verdict"),
    [
        ({"decision": "promoted", "reason": "Promoted: better."}, "<strong>Promoted</strong>: better."),
        ({"decision": "refused", "reason": "Passed."}, "<strong>Refused by a person.</strong> Passed."),
    ],
)
def test_a_reason_that_begins_with_the_verdict_stands_alone(columns, verdict):
    assert evidence_tags.verdict(Run(**columns)) == verdict


def test_text_of_others_is_escaped(client, iris):
    run = make_running(iris, reason="<script>alert(1)</script>", evidence={"<b>": "</style><i>"})
    run.results.create(
        check_id="parity", level="fail", message="<img src=x>", measured={"<u>": "<s>"}, limit={}, seconds=0
    )
    text = client.get(f"/api/runs/{run.pk}/evidence.html").content.decode()
    for markup in ("<script", "<img", "<b>", "<i>", "<u>", "<s>"):
        assert markup not in text


def test_a_file_that_was_changed_is_not_shown(client, judged, config):
    path = config.MEDIA_ROOT / judged.evidence_file.file
    path.write_bytes(b"something else")
    body = evidence(client, judged)
    assert body["exhibits"] == []
    assert judged.evidence_file.file in body["problem"]
    path.unlink()
    assert "MEDIA_ROOT" in evidence(client, judged)["problem"]
    assert client.get(f"/api/runs/{judged.pk}/evidence.html").status_code == 200


def test_it_takes_as_many_queries_however_many_outcomes(client, judged, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        client.get(f"/api/runs/{judged.pk}/evidence.html")
    assert Run.objects.count() == 1


def test_the_statistics_of_an_outcome_stand_under_its_message(client, iris):
    run = make_running(iris)
    run.results.create(check_id="parity", level="pass", message="equal", statistics="p < 0.01", seconds=0.1)
    assert evidence(client, run)["run"]["results"][0]["statistics"] == "p < 0.01"
    text = client.get(f"/api/runs/{run.pk}/evidence.html").content.decode()
    assert '<p>equal</p>\n<p class="statistics">p &lt; 0.01</p>' in text
