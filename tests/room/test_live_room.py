"""Two people in a room, against a real server."""

from collab.models import Update
from proposals.prose import from_markdown


def test_what_one_types_the_other_sees(enter, maya, tomas, root):
    one, other = enter(maya).sync(), enter(tomas).sync()
    one.type(root, "Hello ")
    other.wait_until(lambda: other.read(root) == from_markdown("Hello&#32;"))
    other.type(root, "there")
    one.wait_until(lambda: one.read(root) == other.read(root) == from_markdown("Hello there"))
    one.wait_until(lambda: one.saved == one.sent)
    other.wait_until(lambda: other.saved == other.sent)
    assert [(row.seq, row.actor) for row in Update.objects.order_by("seq")] == [(1, None), (2, maya), (3, tomas)]
