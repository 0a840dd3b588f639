"""A database of made-up customers, and sources of a model that learns from them."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from predictions.models import Feature
from predictions.tests.factories import make_model
from scheduling.models import DataSource
from scheduling.tests.run_factory import make_running

NOW = datetime(2026, 7, 1, tzinfo=UTC)
QUERY = "SELECT age, city, at, left_us FROM customer WHERE at >= :since AND at < :until"
COLUMNS = ("age", "city", "at", "customer", "left_us")
ROWS = [
    (20 + i % 50, f"city {i % 7}", f"{NOW - timedelta(hours=i):%Y-%m-%d %H:%M:%S}", i % 40, i % 2)
    for i in range(400)
]


def make_shop(path, rows=ROWS):
    """An SQLite file with the table `customer`."""
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE IF EXISTS customer")
        database.execute("CREATE TABLE customer (age, city, at, customer, left_us)")
        database.executemany("INSERT INTO customer VALUES (?, ?, ?, ?, ?)", rows)
    database.close()
    return path


def make_shop_model(name="shop"):
    """A model that says from age and city whether a customer leaves."""
    model = make_model(name)
    signature = model.signatures.get()
    signature.output_name = "left_us"
    signature.save()
    Feature.objects.create(signature=signature, position=0, name="age", kind="float", example=30)
    Feature.objects.create(signature=signature, position=1, name="city", kind="text", example="city 1")
    return model


def make_source(model, **columns):
    """A training source; by default a query that takes all rows and holds the newest out."""
    usual = {"kind": "query", "database": "shop", "query": QUERY, "time_column": "at"}
    return DataSource.objects.create(registered_model=model, **usual | columns)


def make_retraining(model):
    return make_running(model, task="retrain")


is_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
on_postgresql = pytest.mark.skipif(
    not is_postgresql, reason="DATABASE_URL is not PostgreSQL, so there is no such source to read from"
)
