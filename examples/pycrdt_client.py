"""Takes part in a proposal's room from Python, with `pycrdt` and `websockets`.

    python examples/pycrdt_client.py wss://sameside.example/ws/proposals PROPOSAL TOKEN SECTION "Words to add"

The token is a firm's with the scopes proposals:read and proposals:write. Prints what the section says in the end.
"""

import sys

from pycrdt import (
    Doc,
    XmlElement,
    XmlFragment,
    XmlText,
    YMessageType,
    YSyncMessageType,
    create_sync_message,
    create_update_message,
    handle_sync_message,
)
from websockets.sync.client import ClientConnection, connect


def synchronise(socket: ClientConnection, document: Doc) -> None:
    """Ask for what we lack, and give what the server lacks: its own question follows its answer."""
    socket.send(create_sync_message(document))
    while True:
        frame = socket.recv(30)
        if frame[0] != YMessageType.SYNC:
            continue  # presence, which also keeps the connection alive
        reply = handle_sync_message(frame[1:], document)
        if frame[1] == YSyncMessageType.SYNC_STEP1 and reply is not None:
            socket.send(reply)
            return


def main(server: str, proposal: str, token: str, section: str, words: str) -> None:
    """Add a paragraph to a section, and make sure that it is stored."""
    document: Doc = Doc()
    with connect(f"{server}/{proposal}", additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        synchronise(socket, document)
        text = document.get(f"section:{section}", type=XmlFragment)
        updates: list[bytes] = []
        document.observe(lambda event: updates.append(event.update))
        with document.transaction():
            paragraph = text.children.append(XmlElement("paragraph"))
            paragraph.children.append(XmlText(words))
        for update in updates:
            socket.send(create_update_message(update))
        synchronise(socket, document)  # what an answer holds is on the server's disk
    for block in text.children:
        print("".join(str(inline) for inline in block.children))


if __name__ == "__main__":
    main(*sys.argv[1:])
