"""The room's storage: an append-only log of Yjs updates with a dense number per room. It is the truth."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from proposals.models import Proposal


class Room(models.Model):
    """One epoch of a proposal's text. Epoch 0 is the seller's preparation, sharing starts epoch 1.

    The numbers of an epoch are greater than those of the epochs before (`collab.log.begin_epoch`).

    `head_seq` is the number of the last update, `state_vector` says which items the log holds (Yjs encoding, empty
    before the first), `bytes` is the sum of the payloads' lengths. All three change under the proposal's lock. Runs of
    old updates are merged up to `condensed_seq` (`collab.condensing`).
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="rooms")
    epoch = models.PositiveIntegerField()
    schema_version = models.PositiveIntegerField(default=1)
    head_seq = models.PositiveBigIntegerField(default=0)
    snapshot_seq = models.PositiveBigIntegerField(default=0)
    state_vector = models.BinaryField(default=b"")
    bytes = models.PositiveBigIntegerField(default=0)
    frozen_at_seq = models.PositiveBigIntegerField(null=True, blank=True)
    condensed_seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["proposal", "epoch"], name="one_room_per_epoch"),)

    def __str__(self) -> str:
        return f"Room {self.proposal_id}, epoch {self.epoch}"


class Update(models.Model):
    """A Yjs update v1 of one author. Rows are never changed; a trigger refuses it, but for one thing.

    `actor` is None for the server itself and for a firm's service token; then `side` still says whose it was. A row
    that holds what a run of old updates did has the number of the run's last one as `seq`, and that of its first as
    `first_seq` (docs/adr/0007-merging-old-runs.md); every other row holds number `seq` alone.
    """

    class Origin(models.TextChoices):
        WS = "ws", "Typed in the room"
        REST = "rest", "Written through the API or a form"
        SYSTEM = "system", "Made by the server"

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="updates")
    seq = models.PositiveBigIntegerField()
    first_seq = models.PositiveBigIntegerField(null=True, blank=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    side = models.CharField(max_length=6, blank=True)
    session = models.CharField(max_length=64, blank=True)
    origin = models.CharField(max_length=6, choices=Origin.choices)
    payload = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("room", "seq")
        constraints = (models.UniqueConstraint(fields=["room", "seq"], name="dense_update_number"),)

    def __str__(self) -> str:
        return f"Update {self.seq} of {self.room_id}"


class ClientId(models.Model):
    """Whose Yjs client id it is in a room: the user's who first used it, or else (None) the side's service token's.

    A client that went on from another's clock would make everybody diverge for good with equal state vectors.
    """

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="client_ids")
    client_id = models.PositiveBigIntegerField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    side = models.CharField(max_length=6, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["room", "client_id"], name="one_owner_per_client_id"),)

    def __str__(self) -> str:
        return f"{self.client_id} in {self.room_id}"


class Snapshot(models.Model):
    """A room's state at a number of the log: a cache for fast joins, never the truth."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="snapshots")
    seq = models.PositiveBigIntegerField()
    state = models.BinaryField()
    state_vector = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["room", "seq"], name="one_snapshot_per_number"),)

    def __str__(self) -> str:
        return f"Snapshot of {self.room_id} at {self.seq}"


class Checkpoint(models.Model):
    """A room's state at a number of the log, kept for looking back: a cache, never the truth.

    `deleted` says who deleted which items since the checkpoint before: a list of {user, side, ranges}, where ranges
    are by client id (as text) lists of [first clock, clock after the last].
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="checkpoints")
    seq = models.PositiveBigIntegerField()
    state = models.BinaryField()
    deleted = models.JSONField(default=list)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["room", "seq"], name="one_checkpoint_per_number"),)

    def __str__(self) -> str:
        return f"Checkpoint of {self.room_id} at {self.seq}"
