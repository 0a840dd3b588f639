"""The paths of the live versions and of the registry."""

from typing import Any

from django.urls import URLPattern, path

from predictions.api.views import open_inference, predict, prediction_log, registry

MODEL, VERSION = "models/<slug:name>", "models/<slug:name>/versions/<str:label>"
PREDICTION = "api/predictions/<uuid:pk>"
VIEWS = (
    ("predict", predict.Predict, "predict"),
    (f"api/{MODEL}/predict", predict.ModelPredict, "predict-model"),
    (f"api/{VERSION}/predict", predict.VersionPredict, "predict-version"),
    ("current_model", predict.CurrentModel, "current_model"),
    ("api/models", registry.ModelList, "models"),
    (f"api/{MODEL}", registry.ModelDetail, "model"),
    (f"api/{MODEL}/versions", registry.VersionList, "versions"),
    (f"api/{VERSION}", registry.VersionDetail, "version"),
    ("api/predictions", prediction_log.PredictionList, "predictions"),
    (PREDICTION, prediction_log.PredictionDetail, "prediction"),
    (f"{PREDICTION}/feedback", prediction_log.PredictionFeedback, "prediction-feedback"),
    ("api/feedback", prediction_log.BulkFeedback, "feedback"),
    ("v2", open_inference.ServerMetadata, "v2-server"),
    ("v2/health/live", open_inference.ServerLive, "v2-live"),
    ("v2/health/ready", open_inference.ServerReady, "v2-ready"),
    (f"v2/{MODEL}", open_inference.ModelMetadata, "v2-model"),
    (f"v2/{MODEL}/ready", open_inference.ModelReady, "v2-model-ready"),
    (f"v2/{MODEL}/infer", open_inference.Infer, "v2-infer"),
    (f"v2/{VERSION}", open_inference.VersionMetadata, "v2-version"),
    (f"v2/{VERSION}/ready", open_inference.VersionReady, "v2-version-ready"),
    (f"v2/{VERSION}/infer", open_inference.VersionInfer, "v2-version-infer"),
)


def both_forms(route: str, view: Any, name: str) -> list[URLPattern]:
    """Return the patterns of `route` and `route/`; the name belongs to the first."""
    return [path(route, view, name=name), path(f"{route}/", view)]


urlpatterns = [pattern for route, view, name in VIEWS for pattern in both_forms(route, view.as_view(), name)]
