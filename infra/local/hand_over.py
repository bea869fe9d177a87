"""Hands connections that ask for a WebSocket from the gateway to the relay, socket and all.

The kernel passes the open connection itself, in a datagram with the request that was read from it
(unix(7), SCM_RIGHTS). So no thread of the gateway waits on a socket that lives for an hour, no byte
is copied twice, and both may be restarted: the supervisor holds the channel between them, and what
is under way in it waits there.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from werkzeug.wrappers import Response

from infra.local.patience import bound_waits
from shared.domain.errors import Unavailable
from shared.edge.problems import MEDIA_TYPE, render_problem, status_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# A relay that is being restarted is back by then.
_PATIENCE_S: Final = 5.0
# Some systems allow only 2 KiB for a datagram unless they are asked; a token alone is 1 KiB.
_DATAGRAM_BYTES: Final = 65_536


class Channel:
    """The way from the gateway, `giving`, to the relay, `taking`."""

    def __init__(self) -> None:
        self.giving, self.taking = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.giving.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _DATAGRAM_BYTES)
        self.taking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _DATAGRAM_BYTES)


class HandOver:
    """WSGI application that gives its connection away instead of answering.

    Args:
        giving: this end of the channel.
    """

    def __init__(self, giving: socket.socket) -> None:
        self._giving = giving
        self._giving.settimeout(_PATIENCE_S)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        accepted: socket.socket = environ["gunicorn.socket"]
        try:
            # The relay has heartbeats of its own; a socket may be silent for an hour.
            bound_waits(accepted, 0)
            socket.send_fds(self._giving, [request_head(environ)], [accepted.fileno()])
        except OSError:
            return _refusal()(environ, start_response)
        _detach(accepted)
        start_response("101 Switching Protocols", [])
        return []


def request_head(environ: WSGIEnvironment) -> bytes:
    """The request line and headers, as HTTP/1.1 has them (RFC 9112, section 2.1)."""
    lines = [f"{environ['REQUEST_METHOD']} {environ['RAW_URI']} HTTP/1.1"]
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            lines.append(f"{name.removeprefix('HTTP_').replace('_', '-').title()}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _detach(accepted: socket.socket) -> None:
    # gunicorn will answer, shut down and close what it takes for the connection. Under the same
    # number it now finds a socket whose other end is closed, so that all that goes nowhere.
    nowhere, other = socket.socketpair()
    other.close()
    with nowhere:
        os.dup2(nowhere.fileno(), accepted.fileno(), inheritable=False)


def _refusal() -> Response:
    error = Unavailable("Live updates are not available just now.")
    return Response(render_problem(error, ""), status_of(error), content_type=MEDIA_TYPE)
