from django.db import migrations, models


def note_who_named(apps, schema_editor):
    Party, Participant = apps.get_model("proposals", "Party"), apps.get_model("proposals", "Participant")
    named = Participant.objects.filter(
        proposal=models.OuterRef("proposal"), side=models.OuterRef("side"), may_agree=True, removed_at__isnull=True
    )
    Party.objects.filter(models.Exists(named)).update(names_who_agrees=True)


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0030_signing_in_turns"),
    ]

    operations = [
        migrations.AddField(
            model_name="party",
            name="names_who_agrees",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(note_who_named, migrations.RunPython.noop),
    ]
