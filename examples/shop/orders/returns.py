"""Will this order be returned? Where rows come from, how a model is trained on them, and how it is asked."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from orders.models import Order
from predictions.in_process import Predicted, predict

MODEL = "returns"
FEATURES = ("category", "price", "quantity", "discount", "delivery_days", "payment")


def features(orders: QuerySet) -> QuerySet:
    """Return what the model may know of each order, the same for training and for asking."""
    columns = {"category": F("product__category"), "price": F("product__price")}
    return orders.annotate(**columns).values(*FEATURES)


def rows(since: datetime, until: datetime) -> QuerySet:
    """Return the orders that were placed between two moments and of which it is known what became."""
    known = Order.objects.filter(placed_at__gte=since, placed_at__lt=until).exclude(returned=None)
    return features(known).values("placed_at", *FEATURES, "returned").order_by("placed_at")


def train(frame: Any, context: Any) -> Any:
    """Return a fitted pipeline: texts as columns, gaps as they are, boosted trees."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    texts = (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["category", "payment"])
    trees = HistGradientBoostingClassifier(max_iter=40, random_state=context.seed)
    model = make_pipeline(make_column_transformer(texts, remainder="passthrough"), trees)
    return model.fit(frame[list(FEATURES)], frame["returned"])


def risk(order: Order, *, who: str) -> Predicted:
    """Ask the live version about one order, for this person. Raises what `predict` raises."""
    return predict(MODEL, features(Order.objects.filter(pk=order.pk)), who=who)[0]
