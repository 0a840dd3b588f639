"""The paths that need both apps."""

from django.urls import path

from predictions.urls import both_forms
from scheduling.views import (
    approvals,
    evidence,
    health,
    metrics,
    runs,
    schedules,
    simulations,
    update_model,
    watches,
)

page, answers = evidence.RunEvidence.as_view, approvals.RunAnswers.as_view

urlpatterns = [
    path("", health.Home.as_view(), name="home"),
    *both_forms("health/live", health.Live.as_view(), "health-live"),
    *both_forms("health/ready", health.Ready.as_view(), "health-ready"),
    *both_forms("metrics", metrics.Metrics.as_view(), "metrics"),
    *both_forms("update_model", update_model.UpdateModel.as_view(), "update-model"),
    *both_forms("api/runs", runs.RunList.as_view(), "runs"),
    *both_forms("api/runs/<int:pk>", runs.RunDetail.as_view(), "run"),
    *both_forms("api/runs/<int:pk>/evidence", page({"get": "figures"}), "evidence"),
    path("api/runs/<int:pk>/evidence.html", page({"get": "file"}), name="evidence-file"),
    *both_forms("api/runs/<int:pk>/simulation", simulations.RunSimulation.as_view(), "simulation"),
    *both_forms("api/runs/<int:pk>/cancel", runs.RunCancel.as_view(), "cancel-run"),
    *both_forms("api/runs/<int:pk>/approve", answers({"post": "approve"}), "approve-run"),
    *both_forms("api/runs/<int:pk>/refuse", answers({"post": "refuse"}), "refuse-run"),
    *both_forms("api/promotions", watches.WatchedPromotionList.as_view(), "promotions"),
    *both_forms("api/watches", watches.WatchList.as_view(), "watches"),
    *both_forms("api/watches/<int:pk>", watches.WatchDetail.as_view(), "watch"),
    *both_forms("api/schedules", schedules.ScheduleList.as_view(), "schedules"),
    *both_forms("api/schedules/<int:pk>", schedules.ScheduleDetail.as_view(), "schedule"),
    *both_forms("api/scheduler", schedules.Scheduler.as_view(), "scheduler"),
]
