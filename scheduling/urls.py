"""The paths that need both apps."""

from django.urls import path

from predictions.api.receiving import received
from predictions.urls import LIST, MODEL, ONE, VERSION, both_forms
from scheduling.views import (
    health,
    metrics,
    one_run,
    recipes,
    runs,
    schedules,
    simulations,
    sources,
    trials,
    update_model,
)
from scheduling.views.registering import datasets, models

run, decisions = one_run.OneRun.as_view, one_run.RunDecisions.as_view
output = one_run.RunOutput.as_view
simulated = simulations.RunSimulation.as_view
ADD, CHANGE = LIST | {"post": "create"}, ONE | {"patch": "partial_update"}

SOURCES = "api/models/<slug:name>/sources"

urlpatterns = [
    path("", received(health.Home.as_view()), name="home"),
    *both_forms("health/live", health.Live.as_view(), "health-live"),
    *both_forms("health/ready", health.Ready.as_view(), "health-ready"),
    *both_forms("metrics", metrics.Metrics.as_view(), "metrics"),
    *both_forms("update_model", update_model.UpdateModel.as_view(), "update-model"),
    *both_forms("api/models", models.RegisteringModels.as_view(ADD), "models"),
    *both_forms(f"api/{MODEL}/versions", models.RegisteringVersions.as_view(ADD), "versions"),
    *both_forms(
        f"api/{VERSION}/manifest", models.RegisteringVersions.as_view({"get": "manifest"}), "manifest"
    ),
    *both_forms(f"api/{MODEL}/datasets", datasets.Datasets.as_view(ADD), "datasets"),
    *both_forms(f"api/{MODEL}/datasets/<int:pk>", datasets.Datasets.as_view(ONE), "dataset"),
    *both_forms("api/runs", runs.Runs.as_view(ADD), "runs"),
    *both_forms("api/runs/<int:pk>", run({"get": "run"}), "run"),
    *both_forms("api/runs/<int:pk>/evidence", run({"get": "figures"}), "evidence"),
    path("api/runs/<int:pk>/evidence.html", received(run({"get": "file"})), name="evidence-file"),
    *both_forms("api/runs/<int:pk>/simulation", simulated({"get": "report"}), "simulation"),
    *both_forms("api/runs/<int:pk>/trials", trials.RunTrials.as_view({"get": "trials"}), "trials"),
    *both_forms("api/runs/<int:pk>/output", output({"get": "output"}), "run-output"),
    *both_forms("api/runs/<int:pk>/cancel", decisions({"post": "cancel"}), "cancel-run"),
    *both_forms("api/runs/<int:pk>/approve", decisions({"post": "approve"}), "approve-run"),
    *both_forms("api/runs/<int:pk>/refuse", decisions({"post": "refuse"}), "refuse-run"),
    *both_forms("api/promotions", runs.WatchedPromotions.as_view(ADD), "promotions"),
    *both_forms("api/watches", runs.Watches.as_view(LIST), "watches"),
    *both_forms("api/watches/<int:pk>", runs.Watches.as_view(ONE), "watch"),
    *both_forms("api/runs/<int:pk>/rows", sources.RunRows.as_view({"get": "rows"}), "source-rows"),
    *both_forms(SOURCES, sources.Sources.as_view(LIST), "sources"),
    *both_forms(f"{SOURCES}/<str:role>", sources.Sources.as_view(ONE | {"put": "update"}), "source"),
    *both_forms(f"{SOURCES}/<str:role>/try", sources.SourceTrials.as_view({"post": "create"}), "try-source"),
    *both_forms(
        f"api/{MODEL}/recipe",
        recipes.Recipes.as_view(ONE | {"put": "update", "delete": "destroy"}),
        "recipe",
    ),
    *both_forms("api/schedules", schedules.Schedules.as_view(LIST), "schedules"),
    *both_forms("api/schedules/<int:pk>", schedules.Schedules.as_view(CHANGE), "schedule"),
    *both_forms("api/scheduler", schedules.Scheduler.as_view(), "scheduler"),
]
