"""The log is append-only in the database itself."""

from importlib import import_module

from django.db import migrations

final_records = import_module("proposals.migrations.0002_final_records")
TABLE = "collab_update"


def add_triggers(apps, schema_editor):
    for statement in final_records.statements(schema_editor.connection.vendor, TABLE):
        schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_is_final ON {TABLE}")
    else:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("collab", "0001_initial"), ("proposals", "0002_final_records")]
    operations = [migrations.RunPython(add_triggers, drop_triggers, elidable=False)]
