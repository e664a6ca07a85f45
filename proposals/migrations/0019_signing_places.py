"""Places to sign, in an order if the parties want one. What is locked already gets the places that it had unnamed."""

import json

import accounts.ids
import django.db.models.deletion
from django.db import migrations, models


def give_places(apps, schema_editor):
    """Each slot to whoever signed in it, the others to the signatories of the side as they came."""
    Revision = apps.get_model("proposals", "Revision")
    SigningPlace = apps.get_model("proposals", "SigningPlace")
    for revision in Revision.objects.filter(reopening__isnull=True).select_related("proposal").iterator():
        signed = {row.slot: row.participant_id for row in revision.signatures.all()}
        people = revision.proposal.participants.filter(is_signatory=True, removed_at__isnull=True)
        waiting = [row for row in people.order_by("created_at", "id") if row.id not in signed.values()]
        for slot in json.loads(revision.content).get("signature_slots", []):
            holder = signed.get(slot["slot"])
            if holder is None:
                next_one = next((row for row in waiting if row.side == slot["side"]), None)
                if next_one is None:
                    continue
                waiting.remove(next_one)
                holder = next_one.id
            SigningPlace.objects.create(
                revision=revision, slot=slot["slot"], side=slot["side"], position=1, participant_id=holder
            )


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0018_endings'),
    ]

    operations = [
        migrations.AddField(
            model_name='participant',
            name='only_signs',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='participant',
            name='signing_position',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='proposal',
            name='signing_order',
            field=models.CharField(choices=[('parallel', 'in any order'), ('client_first', 'in order, the client first'), ('seller_first', 'in order, the seller first')], default='parallel', max_length=12),
        ),
        migrations.CreateModel(
            name='SigningPlace',
            fields=[
                ('id', models.UUIDField(default=accounts.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('slot', models.CharField(max_length=40)),
                ('side', models.CharField(choices=[('seller', 'Seller'), ('client', 'Client')], max_length=6)),
                ('position', models.PositiveIntegerField()),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signing_places', to='proposals.participant')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signing_places', to='proposals.revision')),
            ],
            options={
                'ordering': ('position',),
                'constraints': [models.UniqueConstraint(fields=('revision', 'slot'), name='one_place_per_slot'), models.UniqueConstraint(fields=('revision', 'participant'), name='one_place_per_person')],
            },
        ),
        migrations.RunPython(give_places, migrations.RunPython.noop),
    ]
