"""The paths of the live versions and of the registry."""

from predictions.api.paths import both_forms
from predictions.api.views import model_predict, predict, registry
from predictions.api.views import prediction_log as log
from predictions.api.views.v2 import infer, metadata

urlpatterns = [
    *both_forms("predict", predict.Predict.as_view(), "predict"),
    *both_forms("api/models/<slug:name>/predict", model_predict.ModelPredict.as_view(), "predict-model"),
    *both_forms(
        "api/models/<slug:name>/versions/<str:label>/predict",
        model_predict.VersionPredict.as_view(),
        "predict-version",
    ),
    *both_forms("current_model", predict.CurrentModel.as_view(), "current_model"),
    *both_forms("api/models", registry.ModelList.as_view(), "models"),
    *both_forms("api/models/<slug:name>", registry.ModelDetail.as_view(), "model"),
    *both_forms("api/models/<slug:name>/versions", registry.VersionList.as_view(), "versions"),
    *both_forms("api/models/<slug:name>/versions/<str:label>", registry.VersionDetail.as_view(), "version"),
    *both_forms("api/predictions", log.PredictionList.as_view(), "predictions"),
    *both_forms("api/predictions/<uuid:pk>", log.PredictionDetail.as_view(), "prediction"),
    *both_forms(
        "api/predictions/<uuid:pk>/feedback",
        log.PredictionFeedback.as_view(),
        "prediction-feedback",
    ),
    *both_forms("api/feedback", log.BulkFeedback.as_view(), "feedback"),
    *both_forms("v2", metadata.ServerMetadata.as_view(), "v2-server"),
    *both_forms("v2/health/live", metadata.ServerLive.as_view(), "v2-live"),
    *both_forms("v2/health/ready", metadata.ServerReady.as_view(), "v2-ready"),
    *both_forms("v2/models/<slug:name>", metadata.ModelMetadata.as_view(), "v2-model"),
    *both_forms("v2/models/<slug:name>/ready", metadata.ModelReady.as_view(), "v2-model-ready"),
    *both_forms("v2/models/<slug:name>/infer", infer.Infer.as_view(), "v2-infer"),
    *both_forms(
        "v2/models/<slug:name>/versions/<str:label>", metadata.VersionMetadata.as_view(), "v2-version"
    ),
    *both_forms(
        "v2/models/<slug:name>/versions/<str:label>/ready",
        metadata.VersionReady.as_view(),
        "v2-version-ready",
    ),
    *both_forms(
        "v2/models/<slug:name>/versions/<str:label>/infer", infer.VersionInfer.as_view(), "v2-version-infer"
    ),
]
