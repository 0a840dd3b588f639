"""One page for each model: every check with default, value in force, and who changed it last."""

import re

import pytest
from django.urls import reverse

from scheduling.admin.registered_models import REMOVED
from scheduling.checks import CHECKS
from scheduling.models import CheckLimit
from scheduling.models.checks import blocking_by_default
from scheduling.tests.admin.people import sign_in_superuser, sign_in_with
from scheduling.tests.run_factory import make_schedule


def page_of(client, model):
    reply = client.get(reverse("admin:model-checks", args=[model.pk]))
    assert reply.status_code == 200
    return reply.content.decode()


def row_of(page, check_id):
    """The words of one check's part of the table."""
    body = next(part for part in page.split("<tbody>")[1:] if check_id in part)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@pytest.fixture
def boss(client, iris):
    return sign_in_superuser(client)


def test_it_lists_all_checks_and_limits_with_their_defaults(client, boss, iris):
    page = page_of(client, iris)
    for check in CHECKS:
        row = row_of(page, check.id)
        assert ("yes yes" if check.id in blocking_by_default(iris) else "yes no:") in row
        assert all(f"{name} " in row for name in check.limits)
    assert "max_p50_ms 50 ms 50 ms" in row_of(page, "latency")
    assert all(word in page for word in ("f1_macro", iris.policy.get_approval_display()))


def test_it_shows_what_is_in_force_and_who_changed_it(client, boss, iris):
    path = f"{reverse('admin:scheduling_checklimit_add')}?registered_model={iris.pk}&check_id=latency"
    client.post(path, {"enabled": "on", "blocking": "False", "limit_max_p95_ms": "80"})
    row = row_of(page_of(client, iris), "latency")
    assert "max_p95_ms 100 ms 80 ms" in row
    assert "yes no:" in row
    assert ", boss" in row


def test_a_limit_that_there_is_not_is_shown_and_goes_when_the_check_is_saved(client, boss, iris):
    row = CheckLimit.objects.create(registered_model=iris, check_id="latency", limits={"gone": 1})
    assert f"gone {REMOVED} 1" in row_of(page_of(client, iris), "latency")
    client.post(reverse("admin:scheduling_checklimit_change", args=[row.pk]), {"enabled": "on"})
    row.refresh_from_db()
    assert row.limits == {}


def test_a_check_links_to_its_form_and_back(client, boss, iris):
    page = page_of(client, iris)
    add = f"/admin/scheduling/checklimit/add/?registered_model={iris.pk}&amp;check_id=latency"
    assert f'href="{add}"' in page
    assert client.get(add.replace("&amp;", "&")).status_code == 200
    row = CheckLimit.objects.create(registered_model=iris, check_id="latency")
    assert reverse("admin:scheduling_checklimit_change", args=[row.pk]) in page_of(client, iris)


def test_a_models_page_links_to_it(client, boss, iris):
    page = client.get(reverse("admin:predictions_registeredmodel_change", args=[iris.pk])).content.decode()
    assert reverse("admin:model-checks", args=[iris.pk]) in page
    assert reverse("admin:model-access", args=[iris.pk]) in page
    add = client.get(reverse("admin:predictions_registeredmodel_add"))
    assert add.status_code == 200


def test_the_latest_changes_tell_of_rows_that_are_gone_too(client, boss, iris):
    schedule = make_schedule(iris, name="nightly")
    client.post(reverse("admin:scheduling_schedule_delete", args=[schedule.pk]), {"post": "yes"})
    iris.hold(by="ann", reason="an audit")
    changes = page_of(client, iris).split("Latest changes", 1)[1]
    assert "nightly: deleted" in changes
    assert re.search(r"<td>boss</td>\s*<td>nightly: deleted</td>", changes)
    assert "an audit" in changes
    assert "<td>paused by</td><td>–</td><td>ann</td>" in changes


def test_another_models_changes_are_not_there(client, boss, iris):
    from predictions.tests.factories import make_model

    wine = make_model()
    CheckLimit.objects.create(registered_model=wine, check_id="parity", enabled=False)
    assert "wine" not in page_of(client, iris).split("Latest changes", 1)[1]


def test_who_may_only_look_gets_no_links(client, iris):
    sign_in_with(client, "view_registeredmodel")
    assert "/admin/scheduling/checklimit/add/" not in page_of(client, iris)


def test_without_permission_there_is_no_page(client, iris):
    sign_in_with(client)
    assert client.get(reverse("admin:model-checks", args=[iris.pk])).status_code == 403


def test_a_model_that_there_is_not_is_404(client, boss):
    assert client.get(reverse("admin:model-checks", args=[12345])).status_code == 404


def test_a_model_with_redacted_features_has_its_page(client, boss, iris):
    iris.redacted_features = ["petalwidth"]
    iris.save()
    assert "petalwidth" in page_of(client, iris)
