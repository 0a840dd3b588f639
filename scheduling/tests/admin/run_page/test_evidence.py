"""A run's page with its evidence: from the ledger, as a file, with the permission to see runs."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from scheduling.evidence_page.page import HIDDEN
from scheduling.models import Run
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.run_factory import make_judged, make_run, make_running


@pytest.fixture
def judged(iris, live, strong, api, drawn):
    """A run that promoted."""
    return make_judged(iris, strong)


def path_of(run, name="scheduling_run_change"):
    return reverse(f"admin:{name}", args=[run.pk])


def test_the_ledger_leads_to_it(client, judged):
    sign_in_superuser(client)
    row_page = client.get(reverse("admin:predictions_promotion_change", args=[judged.promotion.pk]))
    ledger = client.get(reverse("admin:predictions_promotion_changelist"))
    for page in (row_page, ledger):
        assert f'href="{path_of(judged)}"' in page.content.decode()


def test_a_promotion_by_a_person_has_no_run(client, live):
    sign_in_superuser(client)
    page = client.get(reverse("admin:predictions_promotion_changelist"))
    assert '<td class="field-evidence">–</td>' in page.content.decode()


def test_it_shows_everything_and_offers_the_file(client, judged):
    sign_in_superuser(client)
    text = client.get(path_of(judged)).content.decode()
    assert judged.reason.split(". ")[0] in text
    assert "<svg" in text
    assert "<td>6.1</td>" in text
    assert path_of(judged, "run-evidence-file") in text
    kept = client.get(path_of(judged, "run-evidence-file"))
    assert "<td>6.1</td>" in kept.content.decode()


@pytest.mark.parametrize("name", ["scheduling_run_change", "run-evidence-file"])
def test_it_takes_the_permission_to_see_runs_and_values_take_that_of_the_log(client, judged, name):
    person = sign_in_with(client)
    assert client.get(path_of(judged, name)).status_code == 403
    person.user_permissions.set(Permission.objects.filter(codename="view_registeredmodel"))
    text = client.get(path_of(judged, name)).content.decode()
    assert HIDDEN in text
    assert "<td>6.1</td>" not in text


def test_whoever_is_not_signed_in_is_asked_to(client, iris):
    assert client.get(path_of(make_run(iris), "run-evidence-file")).status_code == 302
    sign_in_superuser(client)
    assert client.get(reverse("admin:run-evidence-file", args=[999])).status_code == 404


def test_the_verdict_comes_first_then_its_picture_then_the_checks(client, judged):
    sign_in_superuser(client)
    text = client.get(path_of(judged)).content.decode()
    places = [
        text.index(part) for part in ('class="verdict good"', 'id="next"', 'id="gain-title"', 'id="checks"')
    ]
    assert places == sorted(places)
    opened = re.findall(r'<details class="check (\w+)"( open)?>', text)
    assert opened[0] == ("good", " open")  # the comparison, which decided
    folded = [state for state, is_open in opened if not is_open]
    assert "bad" not in folded
    assert folded == sorted(folded, key=lambda state: state != "doubt")
    assert len(opened) == judged.results.count()


@pytest.mark.parametrize("task", ["prune", "simulate", "try_source", "watch", "register"])
def test_a_run_that_judged_nothing_has_no_empty_sections(client, iris, task):
    run = make_run(iris, task=task, status="finished", reason="Done so.", finished_at=timezone.now())
    sign_in_superuser(client)
    text = client.get(path_of(run)).content.decode()
    assert "Done so." in text
    assert set(re.findall(r'<h2 id="(\w+)"', text)) == {"about"}


def test_a_run_at_work_tells_its_step_and_is_fetched_again(client, iris):
    sign_in_superuser(client)
    run = make_running(iris, step="running the check latency", evidence={"limits": {"a": {}, "b": {}}})
    run.results.create(check_id="a", level="pass", message="good", seconds=0.1)
    text = client.get(path_of(run)).content.decode()
    assert "running the check latency" in text
    assert '<progress value="1" max="2">' in text
    assert f'hx-get="{path_of(run)}"' in text
    assert "<noscript>" in text
    assert 'value="cancel"' in text
    Run.objects.filter(pk=run.pk).update(**Run.ended_columns("cancelled", "Cancelled by ada."))
    text = client.get(path_of(run)).content.decode()
    assert "hx-get" not in text
    assert 'value="cancel"' not in text


def test_it_takes_a_fixed_number_of_queries(client, judged, django_assert_max_num_queries):
    sign_in_superuser(client)
    client.get(path_of(judged))
    with django_assert_max_num_queries(12):
        client.get(path_of(judged))
    for number in range(20):
        judged.results.create(check_id=f"more {number}", level="warn", message="more", seconds=0.1)
    with django_assert_max_num_queries(12):
        client.get(path_of(judged))
