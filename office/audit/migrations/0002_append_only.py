"""The trail is append-only: the database itself refuses to change or remove a row."""

from django.db import migrations

REFUSAL = "操作记录只能追加，不能修改或删除"

SQLITE = {
    "update": f"CREATE TRIGGER trail_no_update BEFORE UPDATE ON audit_trail BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    "delete": f"CREATE TRIGGER trail_no_delete BEFORE DELETE ON audit_trail BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
}
POSTGRES = f"""
CREATE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$;
CREATE TRIGGER trail_no_change BEFORE UPDATE OR DELETE ON audit_trail
FOR EACH ROW EXECUTE FUNCTION trail_refuse();
CREATE TRIGGER trail_no_truncate BEFORE TRUNCATE ON audit_trail
FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse();
"""


def add_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE.values():
            schema_editor.execute(statement)
    else:
        schema_editor.execute(POSTGRES)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER trail_no_update")
        schema_editor.execute("DROP TRIGGER trail_no_delete")
    else:
        schema_editor.execute("DROP TRIGGER trail_no_change ON audit_trail")
        schema_editor.execute("DROP TRIGGER trail_no_truncate ON audit_trail")
        schema_editor.execute("DROP FUNCTION trail_refuse")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, drop_triggers)]
