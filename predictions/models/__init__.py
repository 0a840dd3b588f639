"""The registry: model versions, which one is live and since when, and what they answered."""

from predictions.models.dataset import Dataset as Dataset
from predictions.models.model_version import ModelVersion as ModelVersion
from predictions.models.prediction import Feedback as Feedback
from predictions.models.prediction import Prediction as Prediction
from predictions.models.promotion import Promotion as Promotion
from predictions.models.rate_window import RateWindow as RateWindow
from predictions.models.registered_model import RegisteredModel as RegisteredModel
from predictions.models.signature import Feature as Feature
from predictions.models.signature import Signature as Signature
from predictions.models.worker import RequestCount as RequestCount
from predictions.models.worker import Worker as Worker
