"""Every path of the two apps: `path("ml/", include("predictions.urls"))` mounts them below any prefix."""

from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from predictions.api.receiving import received
from predictions.api.views import docs, open_inference, predict, prediction_log, registry

MODEL, VERSION = "models/<slug:name>", "models/<slug:name>/versions/<str:label>"
PREDICTION = "api/predictions/<uuid:pk>"
LIST: dict[str, Any] = {"get": "list"}
ONE: dict[str, Any] = {"get": "retrieve"}
app_name = "predictions"  # a namespace: the project may have names as ours

VIEWS = (
    ("predict", predict.Predict.as_view(), "predict"),
    (f"api/{MODEL}/predict", predict.ModelPredict.as_view(), "predict-model"),
    (f"api/{VERSION}/predict", predict.VersionPredict.as_view(), "predict-version"),
    ("current_model", predict.CurrentModel.as_view(), "current_model"),
    (f"api/{MODEL}", registry.Models.as_view(ONE), "model"),
    (f"api/{VERSION}", registry.Versions.as_view(ONE), "version"),
    ("api/predictions", prediction_log.Predictions.as_view(LIST), "predictions"),
    (PREDICTION, prediction_log.Predictions.as_view(ONE), "prediction"),
    (f"{PREDICTION}/feedback", prediction_log.PredictionFeedback.as_view(), "prediction-feedback"),
    ("api/feedback", prediction_log.BulkFeedback.as_view(), "feedback"),
    ("v2", open_inference.ServerMetadata.as_view(), "v2-server"),
    ("v2/health/live", open_inference.ServerLive.as_view(), "v2-live"),
    ("v2/health/ready", open_inference.ServerReady.as_view(), "v2-ready"),
    (f"v2/{MODEL}", open_inference.ModelMetadata.as_view(), "v2-model"),
    (f"v2/{MODEL}/ready", open_inference.ModelReady.as_view(), "v2-model-ready"),
    (f"v2/{MODEL}/infer", open_inference.Infer.as_view(), "v2-infer"),
    (f"v2/{VERSION}", open_inference.VersionMetadata.as_view(), "v2-version"),
    (f"v2/{VERSION}/ready", open_inference.VersionReady.as_view(), "v2-version-ready"),
    (f"v2/{VERSION}/infer", open_inference.VersionInfer.as_view(), "v2-version-infer"),
    ("schema", docs.Schema.as_view(), "schema"),
    ("docs", docs.Docs.as_view(), "docs"),
)


def both_forms(route: str, view: Any, name: str) -> list[URLPattern]:
    """Return the patterns of `route` and `route/`; name and schema belong to the first."""
    actions = [view.actions] if hasattr(view, "actions") else []
    twin = view.cls.as_view(*actions, **view.initkwargs | {"schema": None})
    return [path(route, received(view), name=name), path(f"{route}/", received(twin))]


urlpatterns: list[URLPattern | URLResolver] = [
    pattern for route, view, name in VIEWS for pattern in both_forms(route, view, name)
]
for config in apps.get_app_configs():  # an app that builds on this one names its URLs
    if module := getattr(config, "urls_with_predictions", None):
        urlpatterns.append(path("", include(module)))
