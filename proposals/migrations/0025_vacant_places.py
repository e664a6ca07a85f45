"""A place for every slot of what is locked: also for those whose signatory had left before there were places.

Without it the others' signatures would have completed the proposal, with this slot unsigned.
"""

import json

from django.db import migrations


def give_vacant_places(apps, schema_editor):
    """Each slot without a place to who is to sign and has none, or else to who left: then their side names another."""
    Revision = apps.get_model("proposals", "Revision")
    SigningPlace = apps.get_model("proposals", "SigningPlace")
    unsigned = Revision.objects.filter(reopening__isnull=True).exclude(proposal__state__in=("signed", "void"))
    for revision in unsigned.select_related("proposal").iterator():
        places = list(revision.signing_places.all())
        slots, seated = {place.slot for place in places}, {place.participant_id for place in places}
        people = revision.proposal.participants.exclude(id__in=seated).order_by("created_at", "id")
        waiting = sorted(people, key=lambda row: (not row.is_signatory, row.removed_at is not None))
        for slot in json.loads(revision.content).get("signature_slots", []):
            holder = next((row for row in waiting if row.side == slot["side"]), None)
            if slot["slot"] in slots or holder is None:
                continue
            waiting.remove(holder)
            SigningPlace.objects.create(
                revision=revision, slot=slot["slot"], side=slot["side"], position=1, participant=holder
            )


class Migration(migrations.Migration):

    dependencies = [
        ('proposals', '0024_sealed_mail'),
    ]

    operations = [
        migrations.RunPython(give_vacant_places, migrations.RunPython.noop),
    ]
