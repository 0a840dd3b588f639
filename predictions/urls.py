"""The paths of the live versions and of the registry."""

from predictions.paths import both_forms
from predictions.views import model_predict, predict, registry

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
    *both_forms("api/promotions", registry.PromotionList.as_view(), "promotions"),
]
