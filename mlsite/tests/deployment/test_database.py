"""SQLite as this project needs it: really in force, in tests too."""

import sqlite3

import pytest
from django.db import connection, transaction

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite needs telling"),
]


def pragma(name):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


def begin_to_write():
    """Ask for the write lock from another connection, without waiting."""
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    finally:
        other.close()


def test_it_is_a_file_with_a_write_ahead_log():
    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 1
    assert "memory" not in connection.settings_dict["NAME"]


def test_it_waits_for_another_writer():
    assert pragma("busy_timeout") == 20_000


def test_a_transaction_takes_the_write_lock_when_it_begins():
    begin_to_write()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            begin_to_write()
    begin_to_write()


def test_readers_do_not_wait_for_a_writer():
    with transaction.atomic():
        other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
        try:
            assert other.execute("SELECT count(*) FROM predictions_promotion").fetchone() == (0,)
        finally:
            other.close()


def test_foreign_keys_are_held():
    assert pragma("foreign_keys") == 1
