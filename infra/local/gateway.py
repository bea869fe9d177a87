"""The public API on one port: the real functions, and the sign-in that Firebase has elsewhere.

WebSockets are handed to the relay's process.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from flask import Flask, redirect

from infra.local.hand_over import HandOver
from infra.local.routing import Functions
from shared.adapters.embedded.identity import LocalIdentity
from shared.adapters.embedded.sign_in import SignIn
from shared.adapters.embedded.sign_in_routes import sign_in_blueprint
from shared.config import Config
from shared.endpoints import BY_NAME, ENDPOINTS, Caller

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SIGN_IN_HOSTS: Final = ("identitytoolkit.googleapis.com", "securetoken.googleapis.com")


class Gateway:
    """WSGI application that sends each request where it belongs.

    Args:
        functions: answers the API.
        front: answers `/` and the sign-in.
        sockets: serves WebSockets.
    """

    def __init__(
        self, functions: WSGIApplication, front: WSGIApplication, sockets: WSGIApplication
    ) -> None:
        self._functions = functions
        self._front = front
        self._sockets = sockets

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            return self._sockets(environ, start_response)
        first = environ.get("PATH_INFO", "").split("/", 2)[1:2]
        if first in ([], [""]) or first[0] in _SIGN_IN_HOSTS:
            return self._front(environ, start_response)
        return self._functions(environ, start_response)


def front_of(config: Config) -> Flask:
    """What stands beside the API: the sign-in, and a way from `/` to the documentation."""
    front = Flask("front", static_folder=None)
    directory = config.data_dir / "identity"
    identity = LocalIdentity(directory, config.project)
    front.register_blueprint(sign_in_blueprint(SignIn(identity, directory, config.project)))
    if config.platform == "google":
        from infra.local.emulated import admin_blueprint

        front.register_blueprint(admin_blueprint(identity.accounts))
    front.add_url_rule("/", "documentation", lambda: redirect(BY_NAME["get_docs"].path))
    return front


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
    return Gateway(functions, front_of(Config.from_environment(os.environ)), sockets)
