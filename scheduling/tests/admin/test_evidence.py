"""The evidence page in the admin: from the run and from the ledger, with the permission to see runs."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from scheduling.evidence_page.page import HIDDEN
from scheduling.judging.judge import judge
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.run_factory import make_run, make_running


@pytest.fixture
def judged(iris, live, strong, api, drawn):
    """A run that promoted."""
    run = make_running(iris)
    judge(run, strong)
    run.refresh_from_db()
    return run


def path_of(run, name="run-evidence"):
    return reverse(f"admin:{name}", args=[run.pk])


def test_the_run_and_the_row_of_the_ledger_lead_to_it(client, judged):
    sign_in_superuser(client)
    run_page = client.get(reverse("admin:scheduling_run_change", args=[judged.pk])).content.decode()
    row_page = client.get(
        reverse("admin:predictions_promotion_change", args=[judged.promotion.pk])
    ).content.decode()
    ledger = client.get(reverse("admin:predictions_promotion_changelist")).content.decode()
    for page in (run_page, row_page, ledger):
        assert f'href="{path_of(judged)}"' in page


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


@pytest.mark.parametrize("name", ["run-evidence", "run-evidence-file"])
def test_it_takes_the_permission_to_see_runs_and_values_take_that_of_the_log(client, judged, name):
    person = sign_in_with(client)
    assert client.get(path_of(judged, name)).status_code == 403
    person.user_permissions.set(Permission.objects.filter(codename="view_registeredmodel"))
    text = client.get(path_of(judged, name)).content.decode()
    assert HIDDEN in text
    assert "<td>6.1</td>" not in text


def test_whoever_is_not_signed_in_is_asked_to(client, iris):
    assert client.get(path_of(make_run(iris))).status_code == 302
    sign_in_superuser(client)
    assert client.get(reverse("admin:run-evidence", args=[999])).status_code == 404
