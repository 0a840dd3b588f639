"""A shop's database as a source, and a model without one."""

import psycopg
import pytest
from django.conf import settings as project_settings

from mlsite.tests.processes import new_database
from scheduling.tests.sources.shop import NOW, ROWS, make_shop, make_shop_model


@pytest.fixture
def shop(config, tmp_path, monkeypatch):
    """The path of an SQLite file that DATA_SOURCES names `shop`; the time is a moment after its rows."""
    monkeypatch.setattr("scheduling.sources.snapshots.timezone.now", lambda: NOW)
    path = make_shop(tmp_path / "shop.sqlite3")
    config.DATA_SOURCES = {"shop": f"sqlite:///{path}"}
    return path


@pytest.fixture
def model(db):
    return make_shop_model()


@pytest.fixture
def server_shop():
    """The URL of a database on the tests' PostgreSQL server with the table `customer`."""
    given = project_settings.DATABASES["default"]
    server = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}"
    with new_database(f"{server}/postgres") as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE SEQUENCE ticket")
            connection.execute(
                "CREATE TABLE customer (age int, city text, at timestamp, customer int, left_us int)"
            )
            with connection.cursor() as cursor, cursor.copy("COPY customer FROM STDIN") as copy:
                for row in ROWS:
                    copy.write_row(row)
        yield url
