"""Many rows of one table: bulk_create writes a new statement for every few dozen of them, here one is prepared for all."""

from django.db import transaction
from psycopg2.extras import execute_batch


def write(objects, *, unique=(), update=()):
    """Insert clean objects of one model as bulk_create does, scope columns included; keys from the database stay unknown.

    An object that is there already, by its `unique` fields, takes the values of the `update` fields instead.
    """
    if not objects:
        return
    meta = objects[0]._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key or objects[0].pk is not None]
    connection = transaction.get_connection()
    rows = []
    for each in objects:
        each.copy_scope()
        rows.append(
            [field.get_db_prep_value(getattr(each, field.attname), connection, prepared=True) for field in fields]
        )
    statement = _statement(connection.ops.quote_name, meta, fields, unique, update)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # its executemany() would wait for the server after every row
            execute_batch(cursor.cursor, statement, rows, page_size=500)
        else:
            cursor.executemany(statement, rows)


def _statement(quote, meta, fields, unique, update):
    into, values = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    # Nothing but quoted names of our own tables and columns.
    statement = f"INSERT INTO {quote(meta.db_table)} ({into}) VALUES ({values})"  # noqa: S608  # nosec B608
    if not unique:
        return statement
    once = ", ".join(quote(meta.get_field(name).column) for name in unique)
    columns = [quote(meta.get_field(name).column) for name in update]
    values = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns)
    return f"{statement} ON CONFLICT ({once}) DO UPDATE SET {values}"  # nosec B608
