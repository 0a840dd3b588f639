"""Writes that go by the models' own methods: what a script, or a person with SQL, could do."""

import pytest
from django.db import IntegrityError, connection, transaction


def insert(row):
    """As another program would, in plain SQL."""
    fields = [field for field in row._meta.concrete_fields if field.attname != "id" or row.pk]
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    given = {f.column: v for f, v in zip(fields, values, strict=True) if not hasattr(v, "as_sql")}
    columns = ", ".join(f'"{column}"' for column in given)
    marks = ", ".join(["%s"] * len(given))
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{row._meta.db_table}" ({columns}) VALUES ({marks})', [*given.values()])


def change(rows, columns):
    """The same of a change."""
    meta, first = rows.model._meta, rows.values_list("pk", flat=True).get()
    fields = {meta.get_field(name): getattr(value, "pk", value) for name, value in columns.items()}
    changes = ", ".join(f'"{field.column}" = %s' for field in fields)
    values = [field.get_db_prep_save(value, connection) for field, value in fields.items()]
    key = meta.pk.get_db_prep_save(first, connection)
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{meta.db_table}" SET {changes} WHERE id = %s', [*values, key])


def assert_refused(name, act, *arguments):
    """The database refuses by this name, and nothing is written."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act(*arguments)


def assert_no_way_in(name, *, row=None, change_of=None):
    """A bad row by `bulk_create` and by SQL; a bad change, rows and columns, by `update` and by SQL."""
    if row is not None:
        assert_refused(name, lambda: type(row).objects.bulk_create([row]))
        assert_refused(name, insert, row)
    if change_of is not None:
        rows, columns = change_of
        assert_refused(name, lambda: rows.update(**columns))
        assert_refused(name, change, rows, columns)
