"""The ASGI application: pages and API through Django, the room's sockets through `collab`."""

import gc
import os
import warnings

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

# WhiteNoise hands Django small files as synchronous iterators; in the embedded default they are read at once.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
http_application = get_asgi_application()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

# A server's requests come one after the other, on connections that are open already.
if connection.vendor == "sqlite":
    from config.sqlite.base import shelf

    shelf.is_open = True
elif connection.vendor == "postgresql":
    from config.postgresql.requests import share_connections

    share_connections(settings.DATABASE_CONNECTIONS, settings.DATABASE_WAIT_SECONDS)

from collab.routing import websocket_application  # noqa: E402  (Django must be set up first)

application = ProtocolTypeRouter({"http": http_application, "websocket": websocket_application})

# What is loaded by now stays, so there is no use in looking through it for cycles; nor every 700 objects.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
