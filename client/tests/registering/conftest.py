"""A model that is registered, at a server that does not know it."""

import pytest
from sklearn.linear_model import LogisticRegression

from client.tests.registering.answers import KNOWN, X, Y


@pytest.fixture(scope="module")
def model():
    return LogisticRegression().fit(X, Y)


@pytest.fixture
def register(delivery, model):
    def call(features=X, y=Y, **options):
        return delivery.register(model, "churn", features, y, **({"evaluation": (features, y)} | options))

    return call


@pytest.fixture
def unknown(httpserver):
    nothing = {"code": "not_found", "detail": "There is nothing.", "errors": []}
    httpserver.expect_request(KNOWN, method="GET").respond_with_json(nothing, status=404)
