from django.db import migrations

ROWS_AT_ONCE = 500


def reports_in_rows(apps, schema_editor):
    """Each row of a report that stood in one field becomes a row of its own, in the same order."""
    imports, rows = apps.get_model("proposals", "FirmImport"), apps.get_model("proposals", "ImportRow")
    proposals = apps.get_model("proposals", "Proposal").objects
    for move in imports.objects.only("id", "report").iterator(chunk_size=10):
        told = [row["proposal"] for row in move.report if row["proposal"]]
        there = {str(key) for key in told if proposals.filter(id=key).exists()}
        made = [
            rows(
                move=move,
                place=place,
                proposal_id=row["proposal"] if row["proposal"] in there else None,
                **{name: row[name] for name in ("kind", "title", "outcome", "code", "why")},
            )
            for place, row in enumerate(move.report)
        ]
        rows.objects.bulk_create(made, batch_size=ROWS_AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0035_rows_of_imports"),
    ]

    operations = [
        migrations.RunPython(reports_in_rows, migrations.RunPython.noop),
        migrations.RemoveField(model_name="firmimport", name="report"),
    ]
