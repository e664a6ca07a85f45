from django.db import migrations, models

SET_ASIDE = "duplicate_external_id"
KINDS = (
    ("Section", "proposal_id", "removed_at"),
    ("Question", "proposal_id", None),
    ("CatalogueItem", "firm_id", "retired_at"),
    ("Template", "firm_id", "retired_at"),
    ("Relationship", "seller_firm_id", None),
)


def set_duplicates_aside(apps, schema_editor):
    """Of several things with one external id the oldest keeps it; the others keep it in their metadata."""
    for name, owner, gone in KINDS:
        model = apps.get_model("proposals", name)
        rows = model.objects.exclude(external_id="")
        standing = rows.filter(**{f"{gone}__isnull": True}) if gone else rows
        doubled = standing.order_by().values(owner, "external_id").annotate(count=models.Count("id")).filter(count__gt=1)
        for each in list(doubled):
            same = standing.filter(**{owner: each[owner], "external_id": each["external_id"]}).order_by("id")
            for row in list(same)[1:]:
                row.metadata = {**row.metadata, SET_ASIDE: row.external_id}
                row.external_id = ""
                row.save(update_fields=["metadata", "external_id"])


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0033_answers_as_they_were_shown"),
    ]

    operations = [
        migrations.RunPython(set_duplicates_aside, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(
                fields=["proposal", "external_id"],
                condition=~models.Q(external_id="") & models.Q(removed_at__isnull=True),
                name="one_section_per_external_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                fields=["proposal", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_question_per_external_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="catalogueitem",
            constraint=models.UniqueConstraint(
                fields=["firm", "external_id"],
                condition=~models.Q(external_id="") & models.Q(retired_at__isnull=True),
                name="one_item_per_external_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="template",
            constraint=models.UniqueConstraint(
                fields=["firm", "external_id"],
                condition=~models.Q(external_id="") & models.Q(retired_at__isnull=True),
                name="one_template_per_external_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="relationship",
            constraint=models.UniqueConstraint(
                fields=["seller_firm", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_relationship_per_external_id",
            ),
        ),
    ]
