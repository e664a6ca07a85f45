"""Runs of old updates of one author may be merged into their last row; everything else the log's triggers still refuse.

See docs/adr/0007-merging-old-runs.md. The database can't tell whether bytes are the merge of others; it makes sure
that only a run is replaced: consecutive numbers, one author and one session, typed in the room, older than a day, not
merged before, and that no row goes that another does not hold.
"""

from importlib import import_module

from django.db import migrations, models

TABLE = "collab_update"
REFUSAL = f"{TABLE} is final: rows are never changed or deleted"
KEPT_COLUMNS = ("id", "room_id", "seq", "side", "session", "origin", "created_at")

RUN = """
{kept} AND NEW.actor_id {same} OLD.actor_id AND OLD.origin = 'ws' AND OLD.session <> '' AND OLD.created_at < {a_day_ago}
AND OLD.first_seq IS NULL AND NEW.first_seq >= 1 AND NEW.first_seq < OLD.seq
AND OLD.seq - NEW.first_seq = (
    SELECT COUNT(*) FROM collab_update gone WHERE gone.room_id = OLD.room_id AND gone.seq >= NEW.first_seq
    AND gone.seq < OLD.seq AND gone.first_seq IS NULL AND gone.actor_id {same} OLD.actor_id
    AND gone.session = OLD.session AND gone.origin = OLD.origin
)
"""
HELD = """
OLD.first_seq IS NULL AND EXISTS (
    SELECT 1 FROM collab_update holder WHERE holder.room_id = OLD.room_id AND holder.seq > OLD.seq
    AND holder.first_seq <= OLD.seq AND holder.session = OLD.session
)
"""

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION collab_update_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF {run} THEN RETURN NEW; END IF;
    ELSIF {held} THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '{refusal}';
END $$;
"""


def let_runs_be_merged(apps, schema_editor):
    drop_triggers(schema_editor)
    kept = " AND ".join(f"NEW.{column} = OLD.{column}" for column in KEPT_COLUMNS)
    if schema_editor.connection.vendor == "postgresql":
        run = RUN.format(kept=kept, same="IS NOT DISTINCT FROM", a_day_ago="now() - interval '1 day'")
        function = POSTGRESQL_FUNCTION.format(run=run, held=HELD, refusal=REFUSAL)
        schema_editor.execute(function, params=None)
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_is_final BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION collab_update_is_final()"
        )
        return
    run = RUN.format(kept=kept, same="IS", a_day_ago="datetime('now', '-1 day')")
    for verb, allowed in (("UPDATE", run), ("DELETE", HELD)):
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
            f"WHEN ({allowed}) IS NOT TRUE BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
            params=None,
        )


def refuse_everything(apps, schema_editor):
    drop_triggers(schema_editor)
    final_records = import_module("proposals.migrations.0002_final_records")
    for statement in final_records.statements(schema_editor.connection.vendor, TABLE):
        schema_editor.execute(statement)


def drop_triggers(schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_is_final ON {TABLE}")
    else:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("collab", "0003_checkpoints")]
    operations = [
        migrations.AddField("room", "condensed_seq", models.PositiveBigIntegerField(default=0)),
        migrations.AddField("update", "first_seq", models.PositiveBigIntegerField(null=True, blank=True)),
        migrations.RunPython(let_runs_be_merged, refuse_everything, elidable=False),
    ]
