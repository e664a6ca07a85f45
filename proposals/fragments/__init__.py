"""The pieces of the room's page that change, rendered from the same templates as the page.

A piece has the id of its element. What both sides see differs only by what each may do, so a piece is rendered
once per `Audience` and sent to everybody of it.
"""

from proposals.fragments.page import Audience, RoomPage, audience_of
from proposals.fragments.render import announcement, changes_only_activity, render, render_events
from proposals.fragments.room import billing_of, room_page

__all__ = [
    "Audience",
    "RoomPage",
    "announcement",
    "audience_of",
    "billing_of",
    "changes_only_activity",
    "render",
    "render_events",
    "room_page",
]
