"""The admin's form of a source, and the trial on its page."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from scheduling.models import DataSource, Run
from scheduling.tasks.trials import try_source
from scheduling.tests.run_factory import EPOCH
from scheduling.tests.sources.shop import QUERY, make_source


@pytest.fixture
def page(client, db):
    client.force_login(User.objects.create_superuser("root"))
    return client


FORM = {
    "role": "training", "kind": "query", "database": "shop", "query": QUERY, "label_delay_days": "0",
    "time_column": "at", "hold_out": "time", "hold_out_share": "0.2", "seed": "0", "minimum_rows": "100",
}  # fmt: skip


def test_a_source_is_made_by_choosing_from_the_settings(page, model, shop):
    shown = page.get(reverse("admin:scheduling_datasource_add"))
    assert '<option value="shop">' in shown.content.decode()
    reply = page.post(reverse("admin:scheduling_datasource_add"), FORM | {"registered_model": model.pk})
    assert reply.status_code == 302
    assert DataSource.objects.get().query == QUERY


def test_a_form_without_a_time_column_is_refused(page, model, shop):
    reply = page.post(
        reverse("admin:scheduling_datasource_add"), FORM | {"registered_model": model.pk, "time_column": ""}
    )
    assert "time_column" in reply.context["adminform"].form.errors


def test_the_trial_is_shown_on_its_page(page, model, shop):
    source = make_source(model)
    change = reverse("admin:scheduling_datasource_change", args=[source.pk])
    assert page.get(change).status_code == 200
    asks = reverse("admin:scheduling_datasource_try_now", args=[source.pk])
    assert page.post(asks, {"confirmed": "yes"})["Location"] == change
    run = Run.objects.get(task="try_source")
    Run.objects.claim(run, epoch=EPOCH)
    run.refresh_from_db()
    try_source(run)
    assert page.get(change).content.decode().count("city 3") == 3
    assert page.get(change.replace("change", "history")).status_code == 200
    assert page.get(reverse("admin:scheduling_run_change", args=[run.pk])).status_code == 200
