"""Where sockets go. Django's types know only views, Channels' router takes any ASGI application."""

from channels.routing import URLRouter
from django.urls import path, re_path

from collab.consumer import no_such_room, room_socket

websocket_application = URLRouter(
    [
        path("ws/proposals/<str:proposal_id>", room_socket),  # type: ignore[arg-type]
        re_path(r"", no_such_room),  # type: ignore[arg-type]
    ]
)
