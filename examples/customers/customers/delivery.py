"""All that the program asks of this app: where rows come from, and how a model is trained on them."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from customers.models import Customer

FEATURES = ("plan", "country", "age", "minutes_used", "support_calls")


def rows(since: datetime, until: datetime) -> QuerySet:
    """Return the customers who signed up between two moments and whose trial is over."""
    signed_up = Customer.objects.filter(signed_up_at__gte=since, signed_up_at__lt=until)
    return (
        signed_up.exclude(cancelled=None)
        .order_by("signed_up_at")
        .values("signed_up_at", *FEATURES, "cancelled")
    )


def train(frame: Any, context: Any) -> Any:
    """Return a fitted pipeline: texts as columns, gaps as they are, boosted trees."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    texts = (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["plan", "country"])
    trees = HistGradientBoostingClassifier(max_iter=60, random_state=context.seed)
    model = make_pipeline(make_column_transformer(texts, remainder="passthrough"), trees)
    return model.fit(frame[list(FEATURES)], frame["cancelled"])
