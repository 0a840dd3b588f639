"""The client asks a server that is mounted below a path."""

import pytest
from pandas import DataFrame

from mlsite.tests.mounted.test_under_a_prefix import start  # noqa: F401 - a fixture
from model_delivery import Delivery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
ROW = {"sepallength": 5.1, "sepalwidth": 3.5, "petallength": 1.4, "petalwidth": 0.2}


def test_its_address_may_have_a_path(start):  # noqa: F811
    delivery = Delivery(f"http://localhost:{start('by the server')}/ml/")
    [model] = delivery.models()
    assert model.name == "iris"
    assert list(model.predict(DataFrame([ROW]))) == [0]
