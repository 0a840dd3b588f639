"""A model's page: what each tab shows to whom, what the picture of the metric says, and at what cost."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from predictions.models import ModelVersion
from predictions.models.people.roles import give
from predictions.models.promotion import live_promotion
from predictions.registry.promotion import Approval, promote
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.models import GatePolicy, Run
from scheduling.pages.cards.reasons import first_sentence, why_of
from scheduling.pages.measured.decay import decay_of
from scheduling.pages.measured.judged import measured_by, newest_judged
from scheduling.pages.tabs.estimators import estimator_of
from scheduling.pages.views import TABS
from scheduling.templatetags.evidence import begins
from scheduling.tests.pages.past import make_past, measure
from scheduling.tests.pages.test_overview import roll_back
from scheduling.tests.run_factory import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client, iris):
    person = User.objects.create_user("reader", is_staff=True)
    give(person, {"reader"}, iris)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return person


def page(client, model, tab=""):
    reply = client.get(f"/admin/predictions/registeredmodel/{model.pk}/page/", {"tab": tab} if tab else {})
    assert reply.status_code == 200
    return reply


def test_it_shows_what_was_live_when_and_why(client, reader, iris, live, strong):
    make_past(iris, live, strong)
    shown = page(client, iris).context["now"]
    assert [(one.flip.version.label, one.is_live) for one in shown.stretches] == [
        ("1.1", True),
        ("1.0", False),
    ]
    assert shown.stretches[0].run.decision == "promoted"
    assert shown.stretches[1].until == shown.stretches[0].flip.at
    assert str(shown.timeline).count("<a ") == 2


def test_the_live_version_is_drawn_on_every_set_that_it_was_measured_on(iris, live, strong):
    make_past(iris, live, strong, months=6)
    runs = newest_judged(iris, 60)
    decay = decay_of(runs, measured_by(run.pk for run in runs), live=strong.pk)
    assert decay.metric == "f1_macro"
    assert [kind for kind, _ in decay.legend] == ["live", "before"]
    assert str(decay.picture).count("<circle") == 12
    assert str(decay.picture).count('class="interval"') == 12


def test_what_a_person_made_live_and_took_back_is_drawn_as_live_before(client, reader, iris, live, strong):
    evaluation = iris.datasets.filter(role="evaluation").first()
    run = make_run(iris, candidate=strong, champion=live, evaluation_dataset=evaluation, decision="kept",
                   status="finished", finished_at=timezone.now(), reason="Kept: so.")  # fmt: skip
    measure(run, live=0.9, candidate=0.8)
    kinds = [kind for kind, _ in page(client, iris).context["now"].decay.legend]
    assert kinds == ["live", "candidate"]
    approval = Approval(by="ada", reason="Try it.")
    promote(version=strong, replacing=live_promotion(iris), approval=approval)
    roll_back(iris)
    kinds = [kind for kind, _ in page(client, iris).context["now"].decay.legend]
    assert kinds == ["live", "before"]


@pytest.mark.parametrize(("last", "warns"), [(0.86, False), (0.70, True)])
def test_decay_is_told_where_the_intervals_do_not_overlap(iris, live, strong, last, warns):
    make_past(iris, live, strong, months=6)
    runs = newest_judged(iris, 60)
    measured = measured_by(run.pk for run in runs)
    values = {"champion": last, "candidate": None}
    intervals = {"champion": [last - 0.04, last + 0.04], "candidate": None}
    measured[runs[-1].pk] = replace(measured[runs[-1].pk], values=values, intervals=intervals)
    assert decay_of(runs, measured, live=strong.pk).warns is warns


@pytest.mark.parametrize("tab", list(TABS))
def test_every_tab_is_shown_to_a_reader_without_the_way_to_change(client, reader, iris, live, tab):
    reply = page(client, iris, tab)
    assert b"roll_back" not in reply.content
    assert b"Change the policy" not in reply.content


@pytest.mark.parametrize("tab", list(TABS))
def test_a_tab_costs_as_many_queries_for_three_hundred_versions(client, iris, live, strong, tab):
    client.force_login(
        User.objects.create_superuser("boss"), backend="django.contrib.auth.backends.ModelBackend"
    )
    make_past(iris, live, strong)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            page(client, iris, tab)
        return len(asked)

    queries()
    few = queries()
    _more_versions(iris, strong, 300)
    assert queries() == few
    assert few <= 40


def _more_versions(model, like, many):
    columns = {
        f.name: getattr(like, f.name) for f in ModelVersion._meta.fields if f.name not in ("id", "number")
    }
    versions = ModelVersion.objects.bulk_create(
        ModelVersion(**columns | {"number": 10 + at, "artefact_sha256": f"a{at}"}) for at in range(many)
    )
    now = timezone.now()
    evaluation = model.datasets.filter(role="evaluation").first()
    Run.objects.bulk_create(
        Run(
            task="retrain", registered_model=model, trigger="schedule", status="finished", decision="kept",
            candidate=version, champion=like, evaluation_dataset=evaluation, finished_at=now, reason="So.",
        )
        for version in versions
    )  # fmt: skip
    for run in Run.objects.order_by("-pk")[:100]:
        measure(run, live=0.9, candidate=0.8)


def test_of_a_pipeline_the_last_step_is_named():
    steps = (
        "[('scale', StandardScaler()), ('pick', Pipeline(steps=[('pca', PCA())])), ('model', Ridge(alpha=2))]"
    )
    params = {
        "model": "Ridge(alpha=2)", "pick": "Pipeline(steps=[('pca', PCA())])", "scale": "StandardScaler()",
        "steps": steps, "verbose": False, "model__alpha": 2,
    }  # fmt: skip
    assert estimator_of(ModelVersion(estimator="sklearn.pipeline.Pipeline", params=params)) == "Ridge"
    assert estimator_of(ModelVersion(estimator="sklearn.linear_model._ridge.Ridge", params={})) == "Ridge"


def test_a_reason_is_cut_after_a_whole_sentence_that_says_something():
    reason = "Promoted: better. f1_macro rose from 0.556 to 0.911 on 45 rows. And more."
    assert first_sentence(reason) == "Promoted: better. f1_macro rose from 0.556 to 0.911 on 45 rows."


def test_a_reason_is_never_cut_before_what_to_do():
    reason = f"The column {'x' * 300} is missing; send it again with the column."
    assert first_sentence(reason) == reason


APPROVED = "Good (approved run 24 (upload churn): Passed: better. f1_macro rose on 45 rows)"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (APPROVED, APPROVED),
        (f"{APPROVED}. And more.", f"{APPROVED}."),
        ("It is as good as the version before it :). More.", "It is as good as the version before it :)."),
        ("The list of values [0. to 1.] and no more of it. More.",
         "The list of values [0. to 1.] and no more of it."),
    ],
)  # fmt: skip
def test_a_reason_is_never_cut_inside_of_brackets(text, first):
    assert first_sentence(text) == first
    assert begins(text) == first
    assert Outcome(level=Level.PASS, message=text).first_sentence == first.rstrip(".")


def test_sentences_begin_with_a_capital_but_names_of_metrics_stay():
    assert first_sentence("Kept: so. no comparison was possible on these rows. More.") == (
        "Kept: so. No comparison was possible on these rows."
    )


def test_the_policy_that_holds_by_default_is_shown(client, reader, iris):
    GatePolicy.objects.filter(registered_model=iris).delete()
    assert page(client, iris, "policy").context["setting"].blocks[0].values


@pytest.mark.parametrize("said", ["good", "Good. ", "g" * 2_000])
def test_why_an_approved_version_went_live_is_what_the_person_said_and_what_the_run_found(said):
    run = SimpleNamespace(
        reason="Passed: better. f1_macro rose from 0.5 to 0.6 on 45 rows. Reported only: drift."
    )
    reason = f"{said} (approved run 15 (retrain iris): {run.reason.rstrip('. ')})"
    why = why_of(SimpleNamespace(reason=reason, run=run))
    assert why.endswith("Passed: better. f1_macro rose from 0.5 to 0.6 on 45 rows.")
    assert (why[:4].lower() in ("good", "gggg"), "approved" in why, len(why) < 400) == (True, False, True)
