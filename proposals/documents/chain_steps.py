"""How anybody checks the chain of an audit trail, in words; the same wherever a trail is taken along."""

from typing import Final

CHAIN_STEPS: Final = """\
For each event, in the order of the numbers:

1. Its `number` is one more than that of the event before; the first is 1.
2. Its `previous_hash` is the `hash` of the event before; that of the first is empty.
3. Take this object, with the values of the event:
   {{"proposal": "{proposal}", "epoch": ..., "number": ..., "type": ...,
    "created_at": ..., "content_digest": ..., "previous_hash": ...}}
   Write it as canonical JSON in UTF-8. The SHA-256 of these bytes, in hexadecimal digits, is the event's `hash`.
4. Take this object:
   {{"actor": the `id` of the event's `actor`, "name": its `name`, "side": its `side`, "facts": the event's `facts`}}
   where `actor` is null, all three are "". An `id` that is null is "".
   Write the event's `salt` and, directly behind it, the object as canonical JSON. The SHA-256 of both together is the
   event's `content_digest`.

"""
"""Needs `proposal`, its id where the trail was written."""
