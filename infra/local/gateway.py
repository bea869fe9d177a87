"""The public API on one port: the real functions, and the sign-in that Firebase has elsewhere.

WebSockets are handed to the relay's process.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from infra.local.front import front_of, is_front
from infra.local.hand_over import HandOver
from infra.local.routing import Functions
from shared.adapters.embedded.upload_routes import UploadRoutes
from shared.adapters.embedded.upload_sessions import UPLOADS_PATH
from shared.bootstrap import EmbeddedServices
from shared.config import Config
from shared.endpoints import ENDPOINTS, Caller

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Of a process's threads: slow senders must leave some to everybody else.
_UPLOADS_AT_A_TIME: Final = 20


class Gateway:
    """WSGI application that sends each request where it belongs.

    Args:
        functions: answers the API.
        front: answers `/` and the sign-in.
        sockets: serves WebSockets.
        storage: takes the bytes of upload sessions; None where storage is a service of its own.
    """

    def __init__(
        self,
        functions: WSGIApplication,
        front: WSGIApplication,
        sockets: WSGIApplication,
        storage: WSGIApplication | None = None,
    ) -> None:
        self._functions = functions
        self._front = front
        self._sockets = sockets
        self._storage = storage

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            return self._sockets(environ, start_response)
        path = environ.get("PATH_INFO", "")
        if self._storage is not None and path.startswith(UPLOADS_PATH):
            return self._storage(environ, start_response)
        if is_front(path):
            return self._front(environ, start_response)
        return self._functions(environ, start_response)


def make(giving: int) -> Gateway:
    """The gateway of this process's environment, with every function loaded.

    Args:
        giving: descriptor of the channel to the relay.
    """
    public = (endpoint for endpoint in ENDPOINTS if endpoint.caller is not Caller.PLATFORM)
    # The first answers what no endpoint has, and leaves its name in the log.
    functions = Functions(sorted(public, key=lambda endpoint: endpoint.name != "get_health"))
    functions.load()
    sockets = HandOver(socket.socket(fileno=giving))
    config = Config.from_environment(os.environ)
    return Gateway(functions, front_of(config), sockets, _storage_of(config))


def _storage_of(config: Config) -> WSGIApplication | None:
    if config.platform != "embedded":
        return None
    return UploadRoutes(EmbeddedServices(config).upload_sessions, _UPLOADS_AT_A_TIME)
