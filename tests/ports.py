"""Ports for servers of the tests."""

import socket

_reserved: list[socket.socket] = []


def free_port() -> int:
    """A port of 127.0.0.1 that is this process's to the end, also while the server that uses it is down.

    A socket stays bound to it. It does not listen, so a server may, and who connects before it does is refused. Without
    it another process, or whoever tries to connect, could get the port for its own end of a connection.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    _reserved.append(holder)
    port: int = holder.getsockname()[1]
    return port
