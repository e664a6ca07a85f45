from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0032_imported_and_going_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="commandanswer",
            name="shown",
            field=models.JSONField(null=True),
        ),
    ]
